/** What is kept from the poll before must be what would be concluded anew. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot, GroupState, TopicState } from '../../../lib/cluster/snapshot.ts'
import { samplesOf } from '../../../lib/collector/samples.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Observation, ObservedGroupPartition, ObservedPartition } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { unchangedGroupPartition, unchangedPartition } from '../../../lib/durability/unchanged.ts'
import { SECOND_MS } from '../../../lib/units.ts'
import { aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

const kindOf = topicKindClassifier({ include: [], exclude: [] })

/** The very objects that a driver hands out again and again. */
const TOPICS: readonly TopicState[] = [
  aTopic({ partitions: [aPartition({ endOffset: 100n }), aPartition({ partition: 1, endOffset: 7n })] }),
  aTopic({ partitions: [aPartition({ endOffset: 130n }), aPartition({ partition: 1, endOffset: 7n })] }),
  aTopic({ partitions: [aPartition({ endOffset: null, startOffset: null }), aPartition({ partition: 1 })] }),
  aTopic({ partitions: [aPartition({ isr: ['1'] }), aPartition({ partition: 1, reassignment: null })] }),
  aTopic({ partitions: [aPartition({ leader: null, isr: null })] }),
  aTopic({
    partitions: [aPartition({ earlierEpoch: { leaderEpoch: 3, endOffset: 80n } }), aPartition({ partition: 1 })],
  }),
  aTopic({ topicId: 'another', partitions: [aPartition({ endOffset: 100n })] }),
]
const GROUPS: readonly GroupState[] = [
  aGroup({ partitions: [aGroupPartition({ committedOffset: 100n })] }),
  aGroup({ partitions: [aGroupPartition({ committedOffset: 40n })] }),
  aGroup({ partitions: [aGroupPartition({ committedOffset: null, isCommitUnknown: true })] }),
  aGroup({ partitions: null }),
]

interface Seen {
  topic: number
  group: number
  isMoving: boolean
  isDeclared: boolean
}

/** Most polls repeat the one before: only then is there something to keep. */
const polls = fc
  .array(
    fc.record({
      repeats: fc.nat(3),
      topic: fc.nat(TOPICS.length - 1),
      group: fc.nat(GROUPS.length - 1),
      isMoving: fc.boolean(),
      isDeclared: fc.boolean(),
      changes: fc.constantFrom('topic', 'group', 'isMoving', 'isDeclared'),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((steps) => {
    const seen: Seen[] = []
    for (const { repeats, changes, ...step } of steps) {
      const before = seen.at(-1)
      const next = before === undefined ? step : { ...before, [changes]: step[changes] }
      for (let poll = 0; poll <= repeats; poll += 1) seen.push(next)
    }
    return seen
  })

function snapshotOf({ topic, group, isMoving, isDeclared }: Seen, index: number): ClusterSnapshot {
  const atMs = NOW_MS + index * 15 * SECOND_MS
  const name = TOPICS[0]?.name ?? ''
  const plain = aSnapshot({
    startedAtMs: atMs,
    finishedAtMs: atMs,
    topics: [TOPICS[topic] as TopicState],
    groups: [GROUPS[group] as GroupState],
    declaredDlqs: isDeclared ? [{ topic: name, groups: [], sourceTopics: [] }] : [],
  })
  if (plain.quorum === null) throw new Error('a snapshot of Kafka has a quorum')
  return { ...plain, quorum: { ...plain.quorum, isMoving } }
}

/** Each poll's conclusions. `copy` breaks every identity between polls: then nothing can be kept. */
function conclusions(seen: readonly Seen[], copy: <T>(value: T) => T): Observation[] {
  const memory = new ObserveMemory()
  let previous: Observation | null = null
  return seen.map((one, index) => {
    const snapshot = copy(snapshotOf(one, index))
    previous = observe({ snapshot, previous: copy(previous), expectedBrokers: [], kindOf, memory })
    return previous
  })
}

describe('an observation that keeps what did not change', () => {
  const [first] = conclusions([{ topic: 0, group: 0, isMoving: true, isDeclared: false }], (value) => value)
  const partition = first?.topics[0]?.partitions[0] as ObservedPartition
  const groupPartition = first?.groups[0]?.partitions?.[0] as ObservedGroupPartition

  it.each(Object.keys(partition))('sees when %s of a partition changed', (field) => {
    const next = { ...partition, [field]: ['another'] }
    expect(unchangedPartition(partition, next)).toBe(next)
    expect(unchangedPartition(partition, structuredClone(partition))).toBe(partition)
  })

  it.each(Object.keys(groupPartition))('sees when %s of a group’s partition changed', (field) => {
    const next = { ...groupPartition, [field]: ['another'] }
    expect(unchangedGroupPartition(groupPartition, next)).toBe(next)
    expect(unchangedGroupPartition(groupPartition, structuredClone(groupPartition))).toBe(groupPartition)
  })

  it('concludes what one concludes that keeps nothing', () => {
    fc.assert(
      fc.property(polls, (seen) => {
        const kept = conclusions(seen, (value) => value)
        const anew = conclusions(seen, structuredClone)
        expect(kept).toEqual(anew)
        expect(kept.map((one) => samplesOf(one))).toEqual(anew.map((one) => samplesOf(one)))
      }),
      { numRuns: 300 },
    )
  })

  it('hands out the same topic and group again', () => {
    const rest: Seen = { topic: 0, group: 0, isMoving: true, isDeclared: false }
    const [, second, third, fourth] = conclusions([rest, rest, rest, rest], (value) => value)
    expect(third?.topics[0]).toBe(second?.topics[0])
    expect(fourth?.topics[0]).toBe(second?.topics[0])
    expect(fourth?.groups[0]).toBe(third?.groups[0])
  })
})
