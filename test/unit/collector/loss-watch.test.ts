import { beforeEach, expect, test } from 'vitest'
import { LossWatch } from '../../../lib/collector/loss-watch.ts'
import type { StoredPoll } from '../../../lib/durability/losses/loss-memory.ts'
import { NO_PURGES } from '../../../lib/durability/losses/purged-places.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import type { DetectedLoss } from '../../../lib/losses/grow-loss.ts'
import { LossLab, onePartition } from '../../builders/losses.ts'

let recorded: DetectedLoss[][]
let trouble: Error | null
let stored: () => Promise<StoredPoll | null>
let lab: LossLab
let watch: LossWatch

beforeEach(() => {
  recorded = []
  trouble = null
  stored = async () => null
  lab = new LossLab()
  watch = new LossWatch({
    clusterId: 'c',
    pollBefore: () => stored(),
    ledger: {
      record: async (_, losses) => {
        if (trouble !== null) throw trouble
        recorded.push([...losses])
      },
    },
  })
})

function see(endOffset: bigint): Observation {
  lab.poll(onePartition({ endOffset }, null))
  return lab.observation as Observation
}

const note = (endOffset: bigint): Promise<unknown> => watch.note(see(endOffset), NO_PURGES)

test('what cannot be stored fails the poll, and is stored with the next one, found when it was found', async () => {
  await note(100n)
  trouble = new Error('disk full')
  await expect(note(80n)).rejects.toBe(trouble)
  const foundAtMs = lab.atMs
  trouble = null
  await note(90n)
  expect(recorded).toEqual([[], [expect.objectContaining({ firstAtMs: foundAtMs, lastAtMs: foundAtMs })]])
  await note(90n)
  expect(recorded.at(-1)).toEqual([])
})

test('while nobody can read what was stored, no poll is compared with nothing', async () => {
  const before = see(100n)
  stored = () => Promise.reject(new Error('locked'))
  await expect(note(80n)).rejects.toThrow('locked')
  stored = async () => ({ ...before, carried: [] })
  await note(85n)
  expect(recorded).toMatchObject([[{ loss: { kind: 'logTruncated', toOffset: 100n, count: 15n } }]])
})

test('the next poll is told under which epochs the ones before saw ends, also those of an earlier process', async () => {
  stored = () => Promise.reject(new Error('locked'))
  await expect(watch.epochsSeen()).rejects.toThrow('locked')
  const before = see(100n)
  stored = async () => ({ ...before, carried: [] })
  const epochsSeen = await watch.epochsSeen()
  expect(epochsSeen('orders')).toMatchObject([{ partition: 0, leaderEpoch: 4 }])
  expect(epochsSeen('payments')).toBeUndefined()
  lab.poll(onePartition({ leaderEpoch: 5, earlierEpoch: { leaderEpoch: 4, endOffset: 100n } }, null))
  await watch.note(lab.observation as Observation, NO_PURGES)
  expect((await watch.epochsSeen())('orders')).toMatchObject([{ leaderEpoch: 5 }])
})

test('what a poll could not see is handed on to be stored with it', async () => {
  await note(100n)
  lab.poll(onePartition({ endOffset: null }, null))
  const carried = await watch.note(lab.observation as Observation, NO_PURGES)
  expect(carried).toMatchObject([{ type: 'topic', value: { name: 'orders', partitions: [{ endOffset: 100n }] } }])
})
