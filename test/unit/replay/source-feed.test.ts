/** What a running replay takes from its source when a share group's letter does not hold all of the record. */
import { beforeEach, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { isOwnHeader } from '../../../lib/dlq/own-headers.ts'
import { createPayloadReader } from '../../../lib/inbox/payload-reader.ts'
import { createRouteFacts } from '../../../lib/replay/routing.ts'
import { type FeedEntry, SourceFeed } from '../../../lib/replay/source-feed.ts'
import { toHeaders } from '../../builders/dead-letters.ts'
import { MemoryCluster } from '../../builders/memory-cluster.ts'
import { planFacts, replayPart, replayRequest, runsOf } from '../../builders/replays.ts'

let cluster: MemoryCluster

beforeEach(() => {
  cluster = new MemoryCluster()
  cluster.createTopic('orders', 1)
  cluster.createTopic('orders-dlt', 1)
  cluster.append('orders', 0, { value: Buffer.from('original'), headers: toHeaders([['business', 'kept']]) })
})

function bury(offset: number, value: Buffer | null): void {
  const headers = toHeaders([
    ...([
      ['__dlq.errors.topic', 'orders'],
      ['__dlq.errors.partition', '0'],
    ] satisfies [string, string][]),
    ['__dlq.errors.offset', String(offset)],
  ])
  cluster.append('orders-dlt', 0, { key: null, value, headers })
}

async function taken(): Promise<FeedEntry[]> {
  const reader = cluster.reader()
  const isQueue = (topic: string): boolean => topic === 'orders-dlt'
  const topics = new Map(planFacts().targets.map((target) => [target.topic, { ...target, partitions: 1 }]))
  const feed = new SourceFeed([replayPart({ selected: runsOf([0, 2]) })], {
    ...{
      reader,
      payloads: createPayloadReader(reader),
      handled: new Map(),
      originals: null,
      now: () => 1_700_000_000_000,
    },
    context: {
      ...{ jobId: 'r-test', request: replayRequest(), sourceKind: 'kafka', profiles: BUILT_IN_PROFILES },
      ...{ edits: new Map(), transform: null, isQueue, guessed: null },
      routes: createRouteFacts({ topics, targetKind: 'kafka', isQueue }),
    },
  })
  const limits = { records: 10, bytes: 10_000, entries: 10 }
  const { entries } = await feed.take(limits, new AbortController().signal)
  return entries
}

function sentOf(entry: FeedEntry | undefined): [string | undefined, string[]] {
  if (entry?.failure !== null) throw new Error(`failed: ${entry?.failure}`)
  const { value, headers } = entry.message
  return [value?.toString(), headers.map(({ key }) => key).filter((key) => !isOwnHeader(key))]
}

it('sends nothing that was written after the letter: its source was created anew', async () => {
  cluster.append('orders', 0, { value: Buffer.from('a stranger'), timestampMs: 1_700_000_900_000 })
  bury(1, null)
  bury(0, null)
  const [stranger, original] = await taken()
  expect(stranger).toMatchObject({ failure: 'payloadGone' })
  expect(sentOf(original)[0]).toBe('original')
})

it('sends the original’s payload and headers for an empty letter, and none when it is gone', async () => {
  bury(0, null)
  bury(7, null)
  const [first, second] = await taken()
  expect(sentOf(first)).toEqual(['original', ['business']])
  expect(second).toMatchObject({ failure: 'payloadGone' })
})

it('sends a copy with the original’s headers, and without when these are gone', async () => {
  bury(0, Buffer.from('copy'))
  bury(7, Buffer.from('copy'))
  expect((await taken()).map(sentOf)).toEqual([
    ['copy', ['business']],
    ['copy', []],
  ])
})
