/** Numbers out of a broker's run-time table, whose values are all texts; what is not there or no number is null. */
import type { RocketmqDelayLevel, RocketmqRuntime } from '../cluster/rocketmq-state.ts'
import type { RuntimeTable } from './rocketmq-requests.ts'

const DELAY_KEY = /^scheduleMessageOffset_(\d+)$/
const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E']

export function runtimeOf(table: RuntimeTable): RocketmqRuntime {
  return {
    bootAtMs: time(table, 'bootTimestamp'),
    isActive: flag(table, 'brokerActive'),
    putPerSecond: rate(table, 'putTps'),
    getPerSecond: rate(table, 'getTransferredTps') ?? rate(table, 'getTransferedTps'),
    putMessages: runtimeOffset(table, 'putMessageTimesTotal'),
    putMessageFailures: runtimeOffset(table, 'putMessageFailedTimes'),
    putLatencyP99Ms: numberIn(table, 'putLatency99'),
    pageCacheLockMs: count(table, 'pageCacheLockTimeMills'),
    dispatchBehindBytes: runtimeOffset(table, 'dispatchBehindBytes'),
    remainingToFlushBytes: bytesOf(table.get('remainHowManyDataToFlush')),
    remainingToCommitBytes: bytesOf(table.get('remainHowManyDataToCommit')),
    commitLogDiskRatio: ratio(table, 'commitLogDiskRatio'),
    consumeQueueDiskRatio: ratio(table, 'consumeQueueDiskRatio'),
    earliestMessageAtMs: time(table, 'earliestMessageTimeStamp'),
    sendQueueSize: count(table, 'sendThreadPoolQueueSize'),
    sendQueueHeadWaitMs: count(table, 'sendThreadPoolQueueHeadWaitTimeMills'),
    pullQueueSize: count(table, 'pullThreadPoolQueueSize'),
    pullQueueHeadWaitMs: count(table, 'pullThreadPoolQueueHeadWaitTimeMills'),
    timerReadBehindSeconds: count(table, 'timerReadBehind'),
    timerOffsetBehind: runtimeOffset(table, 'timerOffsetBehind'),
    timerCongestion: runtimeOffset(table, 'timerCongestNum'),
  }
}

/** `5.5.0` of `V5_5_0`; null when the broker does not tell. */
export function versionOf(table: RuntimeTable): string | null {
  const word = table.get('brokerVersionDesc')
  return word ? word.replace(/^V/, '').replaceAll('_', '.') : null
}

/** `delivered,max` by level. */
export function delayLevelsOf(table: RuntimeTable): RocketmqDelayLevel[] {
  const levels: RocketmqDelayLevel[] = []
  for (const [key, value] of table) {
    const level = DELAY_KEY.exec(key)?.[1]
    const offsets = /^(\d+),(\d+)$/.exec(value)
    if (level === undefined || offsets === null) continue
    levels.push({
      level: Number(level),
      deliveredOffset: BigInt(offsets[1] as string),
      maxOffset: BigInt(offsets[2] as string),
    })
  }
  return levels.sort((one, other) => one.level - other.level)
}

export function runtimeOffset(table: RuntimeTable | null, key: string): bigint | null {
  const text = table?.get(key)?.trim()
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : null
}

/** The size of the volume out of `Total : 252.0 GiB, Free : 236.0 GiB.`, as exact as that is. */
export function volumeBytesOf(table: RuntimeTable): bigint | null {
  return bytesOf(/Total : ([\d.]+ \w+)/.exec(table.get('commitLogDirCapacity') ?? '')?.[1])
}

/** `0 B`, `1.5 GiB`. */
function bytesOf(text: string | undefined): bigint | null {
  const found = /^([\d.]+) ([KMGTPE]?)i?B$/.exec(text?.trim() ?? '')
  const value = Number(found?.[1])
  if (found === null || !Number.isFinite(value)) return null
  return BigInt(Math.round(value * 1024 ** UNITS.indexOf(found[2] ?? '')))
}

function numberIn(table: RuntimeTable, key: string): number | null {
  const text = table.get(key)?.trim()
  const value = Number(text)
  return text && Number.isFinite(value) ? value : null
}

function count(table: RuntimeTable, key: string): number | null {
  const value = numberIn(table, key)
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** Minus one and zero: there is none, or the broker does not know. */
function time(table: RuntimeTable, key: string): number | null {
  return count(table, key) || null
}

function flag(table: RuntimeTable, key: string): boolean | null {
  const text = table.get(key)
  return text === 'true' ? true : text === 'false' ? false : null
}

/** Averages over 10 s, 60 s and 600 s; just after a start there are fewer. The first one is taken. */
function rate(table: RuntimeTable, key: string): number | null {
  const first = table.get(key)?.trim().split(/\s+/)[0]
  const value = Number(first)
  return first && Number.isFinite(value) ? value : null
}

function ratio(table: RuntimeTable, key: string): number | null {
  const value = numberIn(table, key)
  return value !== null && value >= 0 && value <= 1 ? value : null
}
