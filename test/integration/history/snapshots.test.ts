import { expect, test } from 'vitest'
import { fault } from '../../../lib/cluster/fault.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { type SyntheticSize, syntheticSnapshot } from '../../bench/synthetic.ts'
import { onBothDatabases } from '../db/databases.ts'

const SIZE: SyntheticSize = { topics: 300, partitionsPerTopic: 3, groups: 150, topicsPerGroup: 2 }
const INTERVAL_MS = 15_000

function observation(tick: number, size = SIZE): Observation {
  return observe({
    snapshot: syntheticSnapshot(size, tick),
    previous: null,
    expectedBrokers: [],
    kindOf: topicKindClassifier({ include: ['*-00007'], exclude: [] }),
    memory: new ObserveMemory(),
  })
}

onBothDatabases('snapshots', ({ open }) => {
  test('every part of a poll comes back as it was', async () => {
    const database = await open()
    const poll = observation(3)
    await createSnapshotWriter(database).saveObservation('orders', poll, INTERVAL_MS)
    const reader = createSnapshotReader(database)
    expect(await reader.brokers('orders')).toEqual(poll.brokers)
    expect(await reader.dlqs('orders')).toEqual(poll.dlqs)
    expect(poll.dlqs).toHaveLength(1)
    expect(await reader.topics('orders')).toEqual(poll.topics.map(({ partitions: _, config: __, ...row }) => row))
    expect(await reader.groups('orders')).toEqual(poll.groups.map(({ partitions: _, members: __, ...row }) => row))
    for (const topic of poll.topics) expect(await reader.topic('orders', topic.name)).toEqual(topic)
    for (const group of poll.groups) expect(await reader.group('orders', group.id)).toEqual(group)
    const { verdict, totals, quorum, facts, pollMs, version } = poll
    const summary = { verdict, totals, quorum, facts, pollMs, version, lastPollAtMs: poll.atMs, pollError: null }
    expect(await reader.summary('orders')).toMatchObject(summary)
    expect(await reader.summaries()).toHaveLength(1)
  })

  test('what is not there is null', async () => {
    const reader = createSnapshotReader(await open())
    expect(await reader.summary('nobody')).toBeNull()
    expect(await reader.topics('nobody')).toBeNull()
    expect(await reader.topic('nobody', 'x')).toBeNull()
  })

  test('a failed poll keeps the last good one and is gone with the next', async () => {
    const database = await open()
    const writer = createSnapshotWriter(database)
    const reader = createSnapshotReader(database)
    const error = { fault: fault('connectionRefused', { address: 'localhost:1' }), atMs: 5, consecutive: 1 }
    await writer.savePollError('orders', 'kafka', error, INTERVAL_MS)
    expect(await reader.summary('orders')).toMatchObject({ pollError: error, lastPollAtMs: null, verdict: null })
    const poll = observation(1)
    await writer.saveObservation('orders', poll, INTERVAL_MS)
    await writer.savePollError('orders', 'kafka', { ...error, consecutive: 2 }, INTERVAL_MS)
    expect(await reader.summary('orders')).toMatchObject({ pollError: { consecutive: 2 }, lastPollAtMs: poll.atMs })
    expect(await reader.topics('orders')).toHaveLength(SIZE.topics)
    await writer.saveObservation('orders', observation(2), INTERVAL_MS)
    expect((await reader.summary('orders'))?.pollError).toBeNull()
  })

  test('a section that did not change is not written again, and a reader keeps what it decoded', async () => {
    const database = await open()
    const writer = createSnapshotWriter(database)
    const reader = createSnapshotReader(database)
    const first = observation(1)
    await writer.saveObservation('orders', first, INTERVAL_MS)
    const brokers = await reader.brokers('orders')
    const topics = await reader.topics('orders')
    const second = { ...observation(2), brokers: first.brokers }
    await writer.saveObservation('orders', second, INTERVAL_MS)
    expect(await reader.brokers('orders')).toBe(brokers)
    expect(await reader.topics('orders')).not.toBe(topics)
    const versions = await database.client.snapshotSection.findMany({ select: { name: true, versionAtMs: true } })
    expect(versions.find(({ name }) => name === 'brokers')?.versionAtMs).toBe(BigInt(first.atMs))
    expect(versions.find(({ name }) => name === 'topics')?.versionAtMs).toBe(BigInt(second.atMs))
  })

  test('chunks of a former size are gone when the cluster has grown', async () => {
    const database = await open()
    const writer = createSnapshotWriter(database)
    const reader = createSnapshotReader(database)
    await writer.saveObservation('orders', observation(1), INTERVAL_MS)
    const grown = observation(2, { ...SIZE, topics: 1_000 })
    await writer.saveObservation('orders', grown, INTERVAL_MS)
    expect(await reader.topic('orders', 'fleet.topic-00999')).toEqual(grown.topics[999])
    const names = (await database.client.snapshotSection.findMany({ select: { name: true } })).map(({ name }) => name)
    expect(new Set(names.filter((name) => name.startsWith('topic/')).map((name) => name.split('/')[1])).size).toBe(1)
  })

  test('a reader never sees two polls mixed', async () => {
    const database = await open()
    const writer = createSnapshotWriter(database)
    const polls = [1, 2, 3, 4, 5, 6, 7, 8].map((tick) => observation(tick))
    await writer.saveObservation('orders', polls[0] as Observation, INTERVAL_MS)
    let isWriting = true
    const ends = polls.map((poll) => poll.topics.map((topic) => topic.messages))
    const seen: (bigint | null)[][] = []
    const reading = (async () => {
      while (isWriting) {
        const topics = await createSnapshotReader(database).topics('orders')
        seen.push((topics ?? []).map((topic) => topic.messages))
      }
    })()
    for (const poll of polls.slice(1)) await writer.saveObservation('orders', poll, INTERVAL_MS)
    isWriting = false
    await reading
    expect(seen.length).toBeGreaterThan(0)
    for (const one of seen) expect(ends).toContainEqual(one)
  })

  test('a section of another format counts as not polled yet', async () => {
    const database = await open()
    await createSnapshotWriter(database).saveObservation('orders', observation(1), INTERVAL_MS)
    await database.client.snapshotSection.updateMany({ data: { content: new Uint8Array([99, 1, 2]) } })
    const reader = createSnapshotReader(database)
    expect(await reader.topics('orders')).toBeNull()
    expect(await reader.topic('orders', 'fleet.topic-00001')).toBeNull()
    await database.client.snapshotSection.updateMany({ data: { content: new Uint8Array([1, 1, 2]) } })
    expect(await createSnapshotReader(database).groups('orders')).toBeNull()
  })
})
