/** The questions a poll asks, each with its code, its fields and the shape of its answer. None of them changes anything. */
import type { RocketmqGroupSettings } from '../cluster/rocketmq-state.ts'
import {
  copyOf,
  countOf,
  countOrNull,
  flagOrNull,
  listOf,
  objectOf,
  offsetOf,
  textOf,
  textOrNull,
} from './answer-fields.ts'
import { type FastjsonObject, type FastjsonValue, fastjsonEntries, parseFastjson } from './fastjson.ts'
import type { RemotingRequest } from './remoting-client.ts'
import type { RemotingReply } from './remoting-connection.ts'
import { RemotingFormatError } from './remoting-format-error.ts'

export interface RocketmqRequest<Args extends unknown[], Answer> {
  code: number
  name: string
  ask(...args: Args): Omit<RemotingRequest, 'code' | 'name'>
  /** @throws RemotingFormatError, FastjsonError */
  read(reply: RemotingReply): Answer
  /** Reply codes beside success that are answers too. */
  accepts?: readonly number[]
  /** Any account that exists may ask it. */
  needsNoRight?: boolean
  /** The answer is mostly the same as last time: parse it only when its bytes differ. Nobody changes what it gave. */
  seldomChanges?: boolean
}

const NO_FIELDS = (): Pick<RemotingRequest, 'ext'> => ({})

/** Members by broker name, then by the id the NameServer lists them under: 0 is the master. */
export interface RouteBroker {
  brokerName: string
  clusterName: string
  addresses: [number: number, address: string][]
}

export const CLUSTER_INFO: RocketmqRequest<[], RouteBroker[]> = {
  code: 106,
  name: 'GET_BROKER_CLUSTER_INFO',
  ask: NO_FIELDS,
  read: (reply) =>
    entriesOf(bodyOf(reply).brokerAddrTable).map(([brokerName, value]) => {
      const broker = objectOf(value)
      const addresses = entriesOf(broker.brokerAddrs).map(([id, address]): [number, string] => [
        wholeNumberOf(id),
        copyOf(textOf(address)),
      ])
      return { brokerName: copyOf(brokerName), clusterName: copyOf(textOrNull(broker.cluster) ?? ''), addresses }
    }),
  seldomChanges: true,
}

export const ROUTED_TOPICS: RocketmqRequest<[], ReadonlySet<string>> = {
  code: 206,
  name: 'GET_ALL_TOPIC_LIST_FROM_NAMESERVER',
  ask: NO_FIELDS,
  read: (reply) => new Set(listOf(bodyOf(reply).topicList).map((topic) => copyOf(textOf(topic)))),
  seldomChanges: true,
}

/** Numbers and texts by key, as texts; which keys there are depends on the version. */
export type RuntimeTable = ReadonlyMap<string, string>

export const RUNTIME_INFO: RocketmqRequest<[], RuntimeTable> = {
  code: 28,
  name: 'GET_BROKER_RUNTIME_INFO',
  ask: NO_FIELDS,
  read: (reply) => new Map(entriesOf(bodyOf(reply).table).map(([key, value]) => [key, textOf(value)])),
  needsNoRight: true,
}

export interface HaStatus {
  isMaster: boolean
  /** Of a master: the end of its log, and how far behind that each connected slave's last acknowledgement is. */
  masterMaxOffset: bigint | null
  slaveGapsBytes: bigint[]
  /** Of a slave. */
  lastReadAtMs: number | null
}

export const HA_STATUS: RocketmqRequest<[], HaStatus> = {
  code: 907,
  name: 'GET_BROKER_HA_STATUS',
  ask: NO_FIELDS,
  read: (reply) => {
    const status = bodyOf(reply)
    const isMaster = status.master === true
    const client = isMaster ? {} : objectOf(status.haClientRuntimeInfo)
    return {
      isMaster,
      masterMaxOffset: isMaster ? offsetOf(status.masterCommitLogMaxOffset) : null,
      slaveGapsBytes: isMaster ? listOf(status.haConnectionInfo).map((slave) => offsetOf(objectOf(slave).diff)) : [],
      lastReadAtMs: countOrNull(client.lastReadTimestamp),
    }
  },
}

/** `key=value` lines. Holds secrets: `config-mapping.ts` takes them out. */
export const BROKER_CONFIG: RocketmqRequest<[], string> = {
  code: 26,
  name: 'GET_BROKER_CONFIG',
  ask: NO_FIELDS,
  read: ({ body }) => {
    if (body.length === 0) throw new RemotingFormatError('no settings')
    return body.toString()
  },
  needsNoRight: true,
}

export interface TopicOnBroker {
  readQueues: number
  writeQueues: number
  permission: number
  isOrdered: boolean
  attributes: [name: string, value: string][]
}

export type TopicTable = ReadonlyMap<string, TopicOnBroker>

export const TOPIC_CONFIGS: RocketmqRequest<[], TopicTable> = {
  code: 21,
  name: 'GET_ALL_TOPIC_CONFIG',
  ask: NO_FIELDS,
  read: (reply) =>
    new Map(
      entriesOf(bodyOf(reply).topicConfigTable).map(([name, value]) => {
        const topic = objectOf(value)
        return [
          copyOf(name),
          {
            readQueues: countOf(topic.readQueueNums),
            writeQueues: countOf(topic.writeQueueNums),
            permission: countOf(topic.perm),
            isOrdered: topic.order === true,
            attributes: attributesOf(topic.attributes),
          },
        ]
      }),
    ),
  seldomChanges: true,
}

export type GroupTable = ReadonlyMap<string, RocketmqGroupSettings>

export const GROUP_CONFIGS: RocketmqRequest<[], GroupTable> = {
  code: 201,
  name: 'GET_ALL_SUBSCRIPTIONGROUP_CONFIG',
  ask: NO_FIELDS,
  read: (reply) =>
    new Map(
      entriesOf(bodyOf(reply).subscriptionGroupTable).map(([name, value]) => [
        copyOf(name),
        groupSettingsOf(objectOf(value)),
      ]),
    ),
  seldomChanges: true,
}

function groupSettingsOf(group: FastjsonObject): RocketmqGroupSettings {
  return {
    isConsumeEnabled: group.consumeEnable === true,
    isBroadcastEnabled: group.consumeBroadcastEnable === true,
    isOrdered: flagOrNull(group.consumeMessageOrderly),
    retryMaxTimes: countOf(group.retryMaxTimes),
    retryQueues: countOf(group.retryQueueNums),
    consumeTimeoutMinutes: countOrNull(group.consumeTimeoutMinute),
  }
}

/** By group, then by topic, then by queue. A queue without an entry was never committed. */
export type OffsetTable = ReadonlyMap<string, ReadonlyMap<string, (bigint | undefined)[]>>

const MAX_QUEUES = 100_000

export const CONSUMER_OFFSETS: RocketmqRequest<[], OffsetTable> = {
  code: 43,
  name: 'GET_ALL_CONSUMER_OFFSET',
  ask: NO_FIELDS,
  read: (reply) => {
    const table = new Map<string, Map<string, (bigint | undefined)[]>>()
    for (const [key, value] of entriesOf(bodyOf(reply).offsetTable)) {
      const at = key.lastIndexOf('@')
      if (at < 0) throw new RemotingFormatError('an offset of no group')
      const group = key.slice(at + 1)
      const topics = table.get(group) ?? new Map<string, (bigint | undefined)[]>()
      table.set(group, topics)
      topics.set(key.slice(0, at), offsetsByQueue(value))
    }
    return table
  },
  needsNoRight: true,
}

function offsetsByQueue(value: FastjsonValue): (bigint | undefined)[] {
  const offsets: (bigint | undefined)[] = []
  const queues = objectOf(value)
  for (const queue in queues) offsets[queueOf(Number(queue))] = offsetOf(queues[queue])
  return offsets
}

export interface QueueOffsets {
  min: bigint
  max: bigint
  /** When the newest message was stored, by the broker's clock; null of an empty queue. */
  lastStoredAtMs: number | null
}

export const TOPIC_STATS: RocketmqRequest<[topic: string], (QueueOffsets | undefined)[]> = {
  code: 202,
  name: 'GET_TOPIC_STATS_INFO',
  ask: (topic) => ({ ext: { topic } }),
  read: (reply) => {
    const queues: (QueueOffsets | undefined)[] = []
    for (const [key, value] of tableOf(bodyOf(reply).offsetTable)) {
      const offsets = objectOf(value)
      const queue = queueOf(objectOf(key).queueId)
      queues[queue] = {
        ...{ min: offsetOf(offsets.minOffset), max: offsetOf(offsets.maxOffset) },
        lastStoredAtMs: countOrNull(offsets.lastUpdateTimestamp) || null,
      }
    }
    return queues
  },
  // Most topics of most clusters rest between two polls.
  seldomChanges: true,
}

export interface ConsumerConnections {
  clients: { clientId: string; host: string }[]
  topics: string[]
  consumeType: string | null
  messageModel: string | null
  consumeFromWhere: string | null
}

const CONSUMER_NOT_ONLINE = 206

/** Null: no client of the group is connected to this broker. */
export const CONSUMER_CONNECTIONS: RocketmqRequest<[group: string], ConsumerConnections | null> = {
  code: 203,
  name: 'GET_CONSUMER_CONNECTION_LIST',
  ask: (consumerGroup) => ({ ext: { consumerGroup } }),
  accepts: [CONSUMER_NOT_ONLINE],
  read: (reply) => {
    if (reply.code === CONSUMER_NOT_ONLINE) return null
    const answer = bodyOf(reply)
    return {
      clients: listOf(answer.connectionSet).map((value) => {
        const client = objectOf(value)
        return { clientId: copyOf(textOf(client.clientId)), host: hostOf(textOrNull(client.clientAddr) ?? '') }
      }),
      topics: entriesOf(answer.subscriptionTable).map(([topic]) => copyOf(topic)),
      consumeType: textOrNull(answer.consumeType),
      messageModel: textOrNull(answer.messageModel),
      consumeFromWhere: textOrNull(answer.consumeFromWhere),
    }
  },
}

/** By queue: how long ago the first message that the group has not read was stored; none where it has read all. */
export const CONSUME_TIME_SPANS: RocketmqRequest<[topic: string, group: string], (number | undefined)[]> = {
  code: 303,
  name: 'QUERY_CONSUME_TIME_SPAN',
  ask: (topic, group) => ({ ext: { topic, group } }),
  read: (reply) => {
    const delaysMs: (number | undefined)[] = []
    for (const value of listOf(bodyOf(reply).consumeTimeSpanSet)) {
      const span = objectOf(value)
      const delayMs = countOrNull(span.delayTime)
      if (delayMs !== null && delayMs > 0) delaysMs[queueOf(objectOf(span.messageQueue).queueId)] = delayMs
    }
    return delaysMs
  },
}

/** Epoch milliseconds; null where the queue holds nothing. */
export const EARLIEST_STORE_TIME: RocketmqRequest<[topic: string, queue: number], number | null> = {
  code: 32,
  name: 'GET_EARLIEST_MSG_STORETIME',
  ask: (topic, queueId) => ({ ext: { topic, queueId } }),
  read: ({ ext }) => (ext.timestamp === '-1' ? null : wholeNumberOf(ext.timestamp ?? '')),
}

export interface ControllerMetadata {
  leaderAddress: string | null
}

export const CONTROLLER_METADATA: RocketmqRequest<[], ControllerMetadata> = {
  code: 1005,
  name: 'CONTROLLER_GET_METADATA_INFO',
  ask: NO_FIELDS,
  read: ({ ext }) => ({ leaderAddress: ext.controllerLeaderAddress || null }),
}

export interface SyncStateMember {
  number: number
  address: string
}

export interface SyncStateOfBroker {
  masterNumber: number | null
  masterEpoch: number | null
  epoch: number | null
  inSync: SyncStateMember[]
  notInSync: SyncStateMember[]
}

/** By broker name; only the leader of the controllers answers. */
export const SYNC_STATE_SETS: RocketmqRequest<[brokerNames: string[]], ReadonlyMap<string, SyncStateOfBroker>> = {
  code: 1006,
  name: 'CONTROLLER_GET_SYNC_STATE_DATA',
  ask: (brokerNames) => ({ body: Buffer.from(JSON.stringify(brokerNames)) }),
  read: (reply) =>
    new Map(
      entriesOf(bodyOf(reply).replicasInfoTable).map(([name, value]) => {
        const replicas = objectOf(value)
        return [
          copyOf(name),
          {
            masterNumber: countOrNull(replicas.masterBrokerId),
            masterEpoch: countOrNull(replicas.masterEpoch),
            epoch: countOrNull(replicas.syncStateSetEpoch),
            inSync: syncStateMembers(replicas.inSyncReplicas),
            notInSync: syncStateMembers(replicas.notInSyncReplicas),
          },
        ]
      }),
    ),
}

function syncStateMembers(value: FastjsonValue | undefined): SyncStateMember[] {
  return listOf(value ?? []).map((entry) => {
    const member = objectOf(entry)
    return { number: countOf(member.brokerId), address: copyOf(textOf(member.brokerAddress)) }
  })
}

/** Success with nothing inside does not parse: taken for an empty answer it would say that there is nothing. */
export function bodyOf({ body }: RemotingReply): FastjsonObject {
  return objectOf(parseFastjson(body))
}

export function entriesOf(value: FastjsonValue | undefined): [string, FastjsonValue][] {
  return Object.entries(objectOf(value))
}

/** A table whose keys are objects. */
function tableOf(value: FastjsonValue | undefined): [FastjsonValue, FastjsonValue][] {
  const entries = fastjsonEntries(value)
  if (entries === null) throw new RemotingFormatError('a table is missing')
  return entries
}

export function wholeNumberOf(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new RemotingFormatError('a whole number is missing')
  return number
}

/** Bounds what a queue number in an answer can make of an array. */
function queueOf(value: FastjsonValue | undefined): number {
  const queue = countOf(value)
  if (queue < 0 || queue >= MAX_QUEUES) throw new RemotingFormatError('an impossible queue')
  return queue
}

function attributesOf(value: FastjsonValue | undefined): [string, string][] {
  if (value === undefined || value === null) return []
  return entriesOf(value).map(([name, text]) => [copyOf(name), copyOf(textOf(text))])
}

/** Of `/10.0.0.5:51234` or `10.0.0.5:51234`. */
function hostOf(address: string): string {
  return copyOf(address.replace(/^\//, '').replace(/:\d+$/, ''))
}
