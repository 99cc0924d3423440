import { describe, expect, it } from 'vitest'
import { delayLevelsOf, runtimeOf, versionOf, volumeBytesOf } from '../../../lib/rocketmq/runtime-table.ts'

const table = (values: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(values))

describe('run-time numbers', () => {
  it('are null where the broker tells none', () => {
    expect(Object.values(runtimeOf(table({}))).filter((value) => value !== null)).toEqual([])
    expect(versionOf(table({}))).toBeNull()
    expect(volumeBytesOf(table({}))).toBeNull()
  })

  it.each([
    ['putTps', '12.5 3.0 1.0', { putPerSecond: 12.5 }],
    ['putTps', '12.5', { putPerSecond: 12.5 }],
    ['putTps', '', { putPerSecond: null }],
    ['getTransferedTps', '4.0 1.0 1.0', { getPerSecond: 4 }],
    ['pageCacheLockTimeMills', '7', { pageCacheLockMs: 7 }],
    ['dispatchBehindBytes', '9007199254740993', { dispatchBehindBytes: 9_007_199_254_740_993n }],
    ['remainHowManyDataToFlush', '0 B', { remainingToFlushBytes: 0n }],
    ['remainHowManyDataToFlush', '1.5 KiB', { remainingToFlushBytes: 1_536n }],
    ['remainHowManyDataToFlush', 'much', { remainingToFlushBytes: null }],
    ['commitLogDiskRatio', '0.83', { commitLogDiskRatio: 0.83 }],
    ['commitLogDiskRatio', '-1.0', { commitLogDiskRatio: null }],
    ['earliestMessageTimeStamp', '-1', { earliestMessageAtMs: null }],
    ['brokerActive', 'false', { isActive: false }],
  ])('%s = %s', (key, value, expected) => {
    expect(runtimeOf(table({ [key]: value }))).toMatchObject(expected)
  })

  it('tell the version and the size of the volume', () => {
    expect(versionOf(table({ brokerVersionDesc: 'V5_5_0' }))).toBe('5.5.0')
    expect(volumeBytesOf(table({ commitLogDirCapacity: 'Total : 252.0 GiB, Free : 236.0 GiB.' }))).toBe(
      252n * 2n ** 30n,
    )
  })

  it('tell what waits for each delay, by level', () => {
    const levels = table({
      scheduleMessageOffset_10: '1,4',
      scheduleMessageOffset_2: '3,3',
      scheduleMessageOffset_x: '1,1',
    })
    expect(delayLevelsOf(levels)).toEqual([
      { level: 2, deliveredOffset: 3n, maxOffset: 3n },
      { level: 10, deliveredOffset: 1n, maxOffset: 4n },
    ])
  })
})
