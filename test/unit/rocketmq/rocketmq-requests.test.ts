import { describe, expect, it } from 'vitest'
import { FastjsonError } from '../../../lib/rocketmq/fastjson.ts'
import { RemotingFormatError } from '../../../lib/rocketmq/remoting-format-error.ts'
import {
  BROKER_CONFIG,
  CLUSTER_INFO,
  CONSUME_TIME_SPANS,
  CONSUMER_CONNECTIONS,
  CONSUMER_OFFSETS,
  EARLIEST_STORE_TIME,
  GROUP_CONFIGS,
  HA_STATUS,
  ROUTED_TOPICS,
  RUNTIME_INFO,
  SYNC_STATE_SETS,
  TOPIC_CONFIGS,
  TOPIC_STATS,
} from '../../../lib/rocketmq/rocketmq-requests.ts'

function reply(body: string, code = 0) {
  return { code, version: 513, remark: null, ext: {}, body: Buffer.from(body) }
}

describe('answers', () => {
  it('cluster: members by broker name', () => {
    const body =
      '{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"broker-a","cluster":"trade"}},"clusterAddrTable":{"trade":["broker-a"]}}'
    expect(CLUSTER_INFO.read(reply(body))).toEqual([
      {
        brokerName: 'broker-a',
        clusterName: 'trade',
        addresses: [
          [0, '10.0.0.1:10911'],
          [1, '10.0.0.2:10911'],
        ],
      },
    ])
  })

  it('topic: offsets by queue, in whatever order they come', () => {
    const body =
      '{"offsetTable":{{"brokerName":"a","queueId":2,"topic":"T"}:{"lastUpdateTimestamp":1,"maxOffset":9223372036854775807,"minOffset":3},{"brokerName":"a","queueId":0,"topic":"T"}:{"lastUpdateTimestamp":0,"maxOffset":0,"minOffset":0}}}'
    const queues = TOPIC_STATS.read(reply(body))
    expect(queues).toHaveLength(3)
    expect(queues[0]).toEqual({ min: 0n, max: 0n, lastStoredAtMs: null })
    expect(queues[1]).toBeUndefined()
    expect(queues[2]).toEqual({ min: 3n, max: 9_223_372_036_854_775_807n, lastStoredAtMs: 1 })
  })

  it('committed offsets: by group, topic and queue', () => {
    const table = CONSUMER_OFFSETS.read(
      reply('{"offsetTable":{"T@g":{0:7,2:0},"%RETRY%g@g":{0:1}},"pullOffsetTable":{}}'),
    )
    expect(table.get('g')?.get('T')).toEqual([7n, undefined, 0n])
    expect(table.get('g')?.get('%RETRY%g')).toEqual([1n])
  })

  it('groups: their settings, ordered consumption unknown on 4.9', () => {
    const body =
      '{"subscriptionGroupTable":{"g":{"groupName":"g","consumeEnable":true,"consumeBroadcastEnable":false,"retryQueueNums":1,"retryMaxTimes":16}}}'
    expect(GROUP_CONFIGS.read(reply(body)).get('g')).toEqual({
      ...{ isConsumeEnabled: true, isBroadcastEnabled: false, isOrdered: null },
      ...{ retryMaxTimes: 16, retryQueues: 1, consumeTimeoutMinutes: null },
    })
  })

  it('members: none when nobody is online', () => {
    expect(CONSUMER_CONNECTIONS.read(reply('', 206))).toBeNull()
    const body =
      '{"connectionSet":[{"clientAddr":"10.0.0.9:51234","clientId":"10.0.0.9@1","language":"JAVA","version":513}],"consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING","consumeFromWhere":"CONSUME_FROM_LAST_OFFSET","subscriptionTable":{"T":{"topic":"T","subString":"*"}}}'
    expect(CONSUMER_CONNECTIONS.read(reply(body))).toEqual({
      clients: [{ clientId: '10.0.0.9@1', host: '10.0.0.9' }],
      topics: ['T'],
      ...{ consumeType: 'CONSUME_PASSIVELY', messageModel: 'CLUSTERING', consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET' },
    })
  })

  it('replication: a master’s slaves, a slave’s last reading', () => {
    const master =
      '{"master":true,"masterCommitLogMaxOffset":50,"inSyncSlaveNums":1,"haConnectionInfo":[{"addr":"10.0.0.2:4","diff":7,"inSync":true}],"haClientRuntimeInfo":{"lastReadTimestamp":0}}'
    expect(HA_STATUS.read(reply(master))).toEqual({
      ...{ isMaster: true, masterMaxOffset: 50n, slaveGapsBytes: [7n], lastReadAtMs: null },
    })
    const slave = '{"master":false,"haConnectionInfo":[],"haClientRuntimeInfo":{"lastReadTimestamp":12}}'
    expect(HA_STATUS.read(reply(slave))).toEqual({
      ...{ isMaster: false, masterMaxOffset: null, slaveGapsBytes: [], lastReadAtMs: 12 },
    })
  })

  it('first unread: only where something is unread', () => {
    const span = (queueId: number, delayTime: number): string =>
      `{"delayTime":${delayTime},"messageQueue":{"brokerName":"a","queueId":${queueId},"topic":"T"}}`
    const delays = CONSUME_TIME_SPANS.read(reply(`{"consumeTimeSpanSet":[${span(1, 4_000)},${span(0, 0)}]}`))
    expect(delays).toEqual([undefined, 4_000])
  })

  it('oldest message: its store time, none in an empty queue', () => {
    const answer = (ext: Record<string, string>) => () => EARLIEST_STORE_TIME.read({ ...reply(''), ext })
    expect(answer({ timestamp: '1700000000123' })()).toBe(1_700_000_000_123)
    expect(answer({ timestamp: '-1' })()).toBeNull()
    expect(answer({})).toThrow(RemotingFormatError)
    expect(answer({ timestamp: '-2' })).toThrow(RemotingFormatError)
  })

  it('controllers: who is in sync', () => {
    const body =
      '{"replicasInfoTable":{"a":{"masterBrokerId":2,"masterEpoch":3,"syncStateSetEpoch":4,"inSyncReplicas":[{"brokerName":"a","brokerId":2,"brokerAddress":"h:1"}],"notInSyncReplicas":[{"brokerName":"a","brokerId":1,"brokerAddress":"h:2"}]}}}'
    expect(SYNC_STATE_SETS.read(reply(body)).get('a')).toEqual({
      ...{ masterNumber: 2, masterEpoch: 3, epoch: 4 },
      ...{ inSync: [{ number: 2, address: 'h:1' }], notInSync: [{ number: 1, address: 'h:2' }] },
    })
  })
})

describe('success with nothing inside is no answer', () => {
  const requests = [
    CLUSTER_INFO,
    ROUTED_TOPICS,
    RUNTIME_INFO,
    HA_STATUS,
    BROKER_CONFIG,
    TOPIC_CONFIGS,
    GROUP_CONFIGS,
    CONSUMER_OFFSETS,
    TOPIC_STATS,
    CONSUMER_CONNECTIONS,
    CONSUME_TIME_SPANS,
    SYNC_STATE_SETS,
  ]
  it.each(requests.map((request) => [request.name, request] as const))('%s', (_, request) => {
    expect(() => request.read(reply(''))).toThrow(request === BROKER_CONFIG ? RemotingFormatError : FastjsonError)
    if (request !== BROKER_CONFIG) expect(() => request.read(reply('{}'))).toThrow(RemotingFormatError)
    if (request !== BROKER_CONFIG) expect(() => request.read(reply('{'))).toThrow(FastjsonError)
  })

  it('nor is an impossible queue, a lag in words or an offset of no group', () => {
    const queue = '{"offsetTable":{{"brokerName":"a","queueId":-1,"topic":"T"}:{"maxOffset":0,"minOffset":0}}}'
    expect(() => TOPIC_STATS.read(reply(queue))).toThrow(RemotingFormatError)
    const words = '{"offsetTable":{{"brokerName":"a","queueId":0,"topic":"T"}:{"maxOffset":"1","minOffset":0}}}'
    expect(() => TOPIC_STATS.read(reply(words))).toThrow(RemotingFormatError)
    expect(() => CONSUMER_OFFSETS.read(reply('{"offsetTable":{"T":{0:7}}}'))).toThrow(RemotingFormatError)
    expect(() => CONSUMER_OFFSETS.read(reply('{"offsetTable":{"T@g":{4000000000:7}}}'))).toThrow(RemotingFormatError)
  })
})
