/** Whether a queue without an id is still the one that was planned. */
import { beforeEach, expect, it } from 'vitest'
import { isAnotherQueue, pinOf, type RecordPin } from '../../../lib/replay/record-pins.ts'
import { MemoryCluster } from '../../builders/memory-cluster.ts'

const QUEUE = '%DLQ%billing'
let cluster: MemoryCluster
let pins: RecordPin[]

beforeEach(() => {
  cluster = new MemoryCluster()
  cluster.createTopic(QUEUE, 1)
  for (const messageId of ['a', 'b', 'c']) bury(messageId)
  pins = [0, 2].flatMap((at) => pinOf(cluster.records(QUEUE, 0)[at] as never) ?? [])
})

function bury(messageId: string): void {
  const rocketmq = { messageId, bornAtMs: 1, reconsumeTimes: 3, flag: 0, sysFlag: 0, isBodyIntact: true }
  cluster.append(QUEUE, 0, { rocketmq })
}

const isAnother = (): Promise<boolean> => isAnotherQueue(cluster.reader(), QUEUE, pins, new AbortController().signal)

it('is the same while its records lie where they lay, or have expired', async () => {
  expect(await isAnother()).toBe(false)
  bury('d')
  cluster.expire(QUEUE, 0, 1n)
  expect(await isAnother()).toBe(false)
  cluster.expire(QUEUE, 0, 4n)
  expect(await isAnother()).toBe(false)
})

it('is another one when its offsets began anew and hold other records', async () => {
  cluster.createTopic(QUEUE, 1)
  expect(await isAnother()).toBe(false)
  bury('z')
  expect(await isAnother()).toBe(true)
})

it('needs no pins where topics have ids', () => {
  cluster.append(QUEUE, 0, {})
  expect(pinOf(cluster.records(QUEUE, 0).at(-1) as never)).toBeNull()
})
