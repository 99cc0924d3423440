import { describe, expect, it } from 'vitest'
import { FactBook, PacedCache } from '../../../lib/cluster/fact-book.ts'
import { type Fault, fault } from '../../../lib/cluster/fault.ts'
import type { Outcome } from '../../../lib/cluster/outcome.ts'
import type { KafkaCaller } from '../../../lib/kafka/kafka-client.ts'
import type { KafkaRequest } from '../../../lib/kafka/kafka-requests.ts'
import { type ReadGroup, readCommitted, readGroups } from '../../../lib/kafka/read-groups.ts'
import { planByLeader } from '../../../lib/kafka/read-offsets.ts'

type Answers = Record<string, unknown>

/** Answers as brokers would, by broker and request; a fault where one is given. */
function brokers(answers: Record<number, Answers | Fault>): KafkaCaller {
  return {
    async call<Args extends unknown[], Answer>(
      broker: number,
      request: KafkaRequest<Args, Answer>,
      ..._args: Args
    ): Promise<Outcome<Answer>> {
      const known = answers[broker]
      if (!known || 'code' in known) return { value: null, fault: (known as Fault) ?? fault('noBrokers') }
      return { value: known[request.name] as Answer, fault: null }
    },
  }
}

const DOWN = fault('connectionRefused', { address: 'k:9092' })
const listed = (...ids: string[]) => ({
  groups: ids.map((groupId) => ({ groupId, groupState: 'Empty', groupType: 'classic' })),
})
const described = (...ids: string[]) => ({
  groups: ids.map((groupId) => ({ groupId, errorCode: 0, groupState: 'Empty', protocolType: 'consumer', members: [] })),
})
const knowing = (...ids: string[]) => ({ ListGroups: listed(...ids), DescribeGroups: described(...ids) })
const book = () => new FactBook({ configs: 1, groups: null, committedOffsets: null })
const place = (ids: number[], isOffsetsTopicOffline = false) => ({ brokers: ids, isOffsetsTopicOffline })

async function groupsAfter(
  before: Record<number, Answers | Fault>,
  after: Record<number, Answers | Fault>,
  where = place([1, 2]),
): Promise<Record<string, string | null>> {
  const first = await readGroups(brokers(before), place([1, 2]), new Map(), book())
  const second = await readGroups(brokers(after), where, first, book())
  return Object.fromEntries([...second].map(([id, { fault: reason }]) => [id, reason?.code ?? null]))
}

describe('groups from one poll to the next', () => {
  const both = { 1: knowing('a'), 2: knowing('b') }

  it('disappear when every broker answers and none lists them', async () => {
    expect(await groupsAfter(both, { 1: knowing('a'), 2: knowing() })).toEqual({ a: null })
  })

  it('stay, unknown, when their coordinator is silent', async () => {
    expect(await groupsAfter(both, { 1: knowing('a'), 2: DOWN })).toEqual({ a: null, b: 'connectionRefused' })
  })

  it('stay, unknown, when they may have moved to a silent broker', async () => {
    const after = await groupsAfter(both, { 1: knowing(), 2: DOWN })
    expect(after).toEqual({ a: 'coordinatorNotAvailable', b: 'connectionRefused' })
  })

  it('stay for one poll when their coordinator has left', async () => {
    expect(await groupsAfter(both, { 1: knowing('a') }, place([1]))).toEqual({ a: null, b: 'coordinatorNotAvailable' })
  })

  it('stay while a partition of the offsets topic has no leader', async () => {
    const after = await groupsAfter(both, { 1: knowing('a'), 2: knowing() }, place([1, 2], true))
    expect(after).toEqual({ a: null, b: 'coordinatorNotAvailable' })
  })

  it('follow to another coordinator', async () => {
    expect(await groupsAfter(both, { 1: knowing('a', 'b'), 2: knowing() })).toEqual({ a: null, b: null })
  })
})

describe('committed offsets', () => {
  const group = (members: ReadGroup['members'] = []): ReadGroup => ({
    ...{ id: 'g', type: 'classic', state: 'Stable', coordinator: 1, partitions: null, fault: null },
    members,
  })
  const committed = (
    errorCode: number,
    ...partitions: { partitionIndex: number; committedOffset: bigint; errorCode: number }[]
  ) => brokers({ 1: { OffsetFetch: { groups: [{ groupId: 'g', errorCode, topics: [{ name: 't', partitions }] }] } } })
  const member = {
    memberId: 'm',
    clientId: 'c',
    host: 'h',
    assignments: [{ topic: 't', broker: null, partitions: [0, 1] }],
  }

  it('are null, and listed, for an assigned partition that was never committed', async () => {
    const one = group([member])
    await readCommitted(committed(0, { partitionIndex: 0, committedOffset: 4n, errorCode: 0 }), [one], book())
    expect(one.partitions?.map(({ partition, committedOffset }) => [partition, committedOffset])).toEqual([
      [0, 4n],
      [1, null],
    ])
  })

  it('leave out a partition whose commit could not be read, since null would say "never"', async () => {
    const one = group([member])
    const facts = book()
    const answers = committed(
      0,
      { partitionIndex: 0, committedOffset: 4n, errorCode: 0 },
      { partitionIndex: 1, committedOffset: -1n, errorCode: 29 },
    )
    await readCommitted(answers, [one], facts)
    expect(one.partitions?.map(({ partition }) => partition)).toEqual([0])
    expect(one.fault?.code).toBe('authorizationFailed')
    expect(facts.list().find(({ kind }) => kind === 'committedOffsets')).toMatchObject({ faultCount: 1 })
  })

  it('are unknown for a group that is refused as a whole', async () => {
    const one = group()
    await readCommitted(committed(30), [one], book())
    expect(one).toMatchObject({ partitions: null, fault: { code: 'authorizationFailed' } })
  })
})

describe('paces', () => {
  it('let new subjects through at once and bound how many old ones are read again', () => {
    const cache = new PacedCache<number>(1_000)
    for (const [index, subject] of ['a', 'b', 'c'].entries()) cache.set(subject, { value: 1, fault: null }, index)
    expect(cache.due(['a', 'b', 'c', 'new'], 500)).toEqual(['new'])
    expect(cache.due(['c', 'b', 'a', 'new'], 2_000, 2)).toEqual(['new', 'a', 'b'])
  })

  it('keep at most twenty faults by name and count the rest', () => {
    const facts = book()
    for (let index = 0; index < 50; index++) facts.fail('configs', 'topic', `t${index}`, DOWN)
    const status = facts.list().find(({ kind }) => kind === 'configs')
    expect(status).toMatchObject({ faultCount: 50 })
    expect(status?.faults).toHaveLength(20)
    facts.begin()
    expect(facts.list().find(({ kind }) => kind === 'configs')).toMatchObject({ faultCount: 0, faults: [] })
  })
})

describe('requests by leader', () => {
  it('ask each leader for its own, cut at five thousand, and nobody for leaderless partitions', () => {
    const partitions = Array.from({ length: 12_000 }, (_, partitionIndex) => ({
      ...{ errorCode: 0, partitionIndex, leaderEpoch: 1, replicaNodes: [1], isrNodes: [1], offlineReplicas: [] },
      leaderId: partitionIndex === 7 ? -1 : 1 + (partitionIndex % 2),
    }))
    const topic = { errorCode: 0, name: 't', topicId: '', isInternal: false, partitions, topicAuthorizedOperations: 0 }
    const plan = planByLeader([topic])
    expect([...plan.keys()].sort()).toEqual([1, 2])
    const sizes = [...plan].map(([leader, requests]) => [
      leader,
      requests.map((topics) => topics.flatMap((one) => one.partitions).length),
    ])
    expect(sizes).toEqual([
      [1, [5_000, 1_000]],
      [2, [5_000, 999]],
    ])
    const asked = [...plan.values()]
      .flat(2)
      .flatMap((one) => one.partitions.map(({ partitionIndex }) => partitionIndex))
    expect(new Set(asked).size).toBe(11_999)
    expect(asked).not.toContain(7)
  })
})
