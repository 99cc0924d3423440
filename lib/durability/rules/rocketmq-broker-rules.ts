/** What a RocketMQ broker does with messages by its own settings, and whether it keeps up with its disk. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../units.ts'
import {
  isMaster,
  isOn,
  MEBIBYTE,
  masterRule,
  memberRule,
  type RocketmqBroker,
  toMebibytes,
} from './rocketmq-members.ts'
import {
  type BrokerRule,
  foundSince,
  type Hit,
  heldSince,
  hit,
  MISS,
  numberOf,
  type Outcome,
  type Scene,
  stoodSince,
  textOf,
} from './rule.ts'

/** How near the mark a disk is when there is hardly time left to do something. */
const MARK_IS_NEAR = 0.05
const READ_AND_WRITE = 6
/** A busy broker has some 50 MiB to flush at any moment. */
const FLUSH_WARNING_BYTES = BigInt(64 * MEBIBYTE)
const FLUSH_HIGH_BYTES = BigInt(1024 * MEBIBYTE)
const FLUSH_BEHIND_AFTER_MS = MINUTE_MS
const FAILURES_ARE_RECENT_MS = 10 * MINUTE_MS
/** Once may be the moment in which a transaction takes long; in good order none is asked about at all. */
const UNANSWERED_CHECKS = 2
/** Of brokers that do not tell theirs. */
const DEFAULT_CHECK_MAX = 15
/** Beyond its delay, a level that delivers nothing of what waits is stuck. */
const STUCK_AFTER_MS = 5 * MINUTE_MS
/** Of brokers that do not tell theirs. */
const DEFAULT_DELAYS = '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h'

export const ROCKETMQ_BROKER_RULES: readonly BrokerRule[] = [
  memberRule('broker.forcedCleaning', 'critical', (broker) => {
    const { diskMarks } = broker.rocketmq
    if (diskMarks === null) return 'unknown'
    if (diskMarks.deletesUnexpired === null) return MISS
    const used = (broker.logDirs ?? []).flatMap(({ usedRatio }) => usedRatio ?? [])
    const isNear = used.some((ratio) => ratio >= (diskMarks.deletesUnexpired ?? 1) - MARK_IS_NEAR)
    // What a slave deletes too early is still on its master.
    const severity = isMaster(broker) ? 'critical' : 'warning'
    return hit(isNear ? severity : 'info', {
      broker: broker.id,
      fromPercent: Math.round(diskMarks.deletesUnexpired * 100),
      usedPercent: used.length === 0 ? 'unknown' : Math.floor(Math.max(...used) * 100),
    })
  }),
  masterRule('broker.transientStorePool', 'warning', (broker) => {
    const isPooled = isOn(broker, 'transientStorePoolEnable')
    if (isPooled === null) return 'unknown'
    // Made for asynchronous flushing: brokers of 4.9 do not use it otherwise.
    const severity = broker.rocketmq.flushDiskType === 'SYNC_FLUSH' ? 'info' : 'warning'
    return isPooled ? hit(severity, { broker: broker.id }) : MISS
  }),
  memberRule('broker.flushBehind', 'high', (broker, scene) => {
    const bytes = broker.rocketmq.runtime?.remainingToFlushBytes ?? null
    if (bytes === null) return 'unknown'
    const found = scene.foundBefore('broker.flushBehind', { type: 'broker', name: broker.id })
    const foundSinceMs = foundSince(found, FLUSH_BEHIND_AFTER_MS)
    const sinceMs = heldSince(scene, `flushBehind\n${broker.id}`, bytes >= FLUSH_WARNING_BYTES, foundSinceMs)
    if (sinceMs === null || scene.nowMs - sinceMs < FLUSH_BEHIND_AFTER_MS) return MISS
    const minutes = Math.floor((scene.nowMs - sinceMs) / MINUTE_MS)
    const severity = bytes >= FLUSH_HIGH_BYTES ? 'high' : 'warning'
    return hit(severity, { broker: broker.id, behindMiB: toMebibytes(bytes), minutes })
  }),
  memberRule('broker.putFailures', 'warning', (broker, { stills, nowMs }) => {
    const failures = broker.rocketmq.runtime?.putMessageFailures ?? null
    if (failures === null) return 'unknown'
    // Counted since the broker's start: only a rise that was watched says when.
    const watchedSinceMs = stills.since(`putFailures\n${broker.id}\nwatched`, 0n, nowMs)
    const sinceMs = stills.since(`putFailures\n${broker.id}`, failures, nowMs)
    if (failures === 0n) return MISS
    const isRecent = sinceMs > watchedSinceMs && nowMs - sinceMs < FAILURES_ARE_RECENT_MS
    const facts = { broker: broker.id, failures: Number(failures), recent: isRecent ? 'yes' : 'no' }
    return hit(isRecent ? 'warning' : 'info', facts)
  }),
  memberRule('broker.permission', 'warning', (broker) => {
    const { permission } = broker.rocketmq
    if (permission === null) return 'unknown'
    if ((permission & READ_AND_WRITE) === READ_AND_WRITE) return MISS
    return hit('warning', { broker: broker.id, permission: permission & READ_AND_WRITE })
  }),
  masterRule('broker.timerStopped', 'warning', (broker) => {
    const hasWheel = isOn(broker, 'timerWheelEnable')
    if (hasWheel === null) return 'unknown'
    if (!hasWheel) return MISS
    const stopped = ['timerStopEnqueue', 'timerStopDequeue'].filter((setting) => isOn(broker, setting))
    return stopped.length === 0 ? MISS : hit('warning', { broker: broker.id, settings: stopped.join(', ') })
  }),
  masterRule('broker.delayStuck', 'warning', delayStuck),
  masterRule('broker.halfMessagesWaiting', 'high', halfMessagesWaiting),
  masterRule('broker.rejectsTransactions', 'info', (broker) => {
    const isRejecting = isOn(broker, 'rejectTransactionMessage')
    if (isRejecting === null) return 'unknown'
    return isRejecting ? hit('info', { broker: broker.id }) : MISS
  }),
  masterRule('broker.autoCreateGroups', 'info', (broker) => {
    const isCreating = isOn(broker, 'autoCreateSubscriptionGroup')
    if (isCreating === null) return 'unknown'
    return isCreating ? hit('info', { broker: broker.id }) : MISS
  }),
  memberRule('broker.crcNotChecked', 'info', ({ id, config }) => {
    if (config === null) return 'unknown'
    return textOf(config, 'checkCRCOnRecover') === 'false' ? hit('info', { broker: id }) : MISS
  }),
  masterRule('broker.autoCreateTopics', 'warning', (broker, { layout }) => {
    const isCreating = isOn(broker, 'autoCreateTopicEnable')
    if (isCreating === null) return 'unknown'
    // Where there are several, such a topic lies on one of them.
    return isCreating ? hit(layout.dataBrokers > 1 ? 'warning' : 'info', { broker: broker.id }) : MISS
  }),
  masterRule('group.transactionsAbandoned', 'critical', ({ id, rocketmq: { givenUpHalfMessages: count } }) => {
    if (count === null) return 'unknown'
    return count > 0n ? hit('critical', { broker: id, count: Number(count) }) : MISS
  }),
]

/** Found by the checks that nobody answered, and not by age: clocks of producers are their own. */
function halfMessagesWaiting({ id, config, rocketmq }: RocketmqBroker, { nowMs }: Scene): Outcome {
  const { undecided } = rocketmq
  if (undecided === null || (undecided.oldest === null && undecided.atMost > 0n)) return 'unknown'
  const { atMost, oldest } = undecided
  if (oldest === null || oldest.checks < UNANSWERED_CHECKS) return MISS
  const checkMax = numberOf(config, 'transactionCheckMax') ?? DEFAULT_CHECK_MAX
  return hit(oldest.checks * 2 >= checkMax ? 'high' : 'warning', {
    ...{ broker: id, atMost: Number(atMost), checks: oldest.checks, checkMax },
    minutes: Math.max(0, Math.floor((nowMs - oldest.bornAtMs) / MINUTE_MS)),
    ...{ topic: oldest.topic ?? 'unknown', group: oldest.producerGroup ?? 'unknown' },
  })
}

/** Levels of which something waits and nothing has been delivered for longer than any message of it has to wait. */
function delayStuck(broker: RocketmqBroker, scene: Scene): Outcome {
  const { delayLevels } = broker.rocketmq
  if (delayLevels === null) return 'unknown'
  const delays = (textOf(broker.config, 'messageDelayLevel') ?? DEFAULT_DELAYS).trim().split(/\s+/).map(delayMs)
  const found = scene.foundBefore('broker.delayStuck', { type: 'broker', name: broker.id })
  const foundLevels = String(found?.facts.levels ?? '').split(', ')
  const stuck = delayLevels.flatMap(({ level, deliveredOffset, maxOffset }) => {
    // While nothing waits, a level may stand for as long as nobody sends.
    const isWaiting = maxOffset > deliveredOffset
    const key = `delayStuck\n${broker.id}\n${level}`
    const longestMs = delays[level - 1] ?? null
    const waitsMs = (longestMs ?? 0) + STUCK_AFTER_MS
    const foundSinceMs = foundLevels.includes(String(level)) ? foundSince(found, waitsMs) : null
    const stoodMs = scene.nowMs - stoodSince(scene, key, isWaiting ? deliveredOffset : -1n, foundSinceMs)
    if (!isWaiting || longestMs === null || stoodMs < waitsMs) return []
    return [{ level, stoodMs, waiting: maxOffset - deliveredOffset }]
  })
  return stuck.length === 0 ? MISS : [stuckHit(broker, stuck)]
}

function stuckHit({ id }: RocketmqBroker, stuck: readonly { level: number; stoodMs: number; waiting: bigint }[]): Hit {
  const facts = {
    ...{ broker: id, levels: stuck.map(({ level }) => level).join(', '), count: stuck.length },
    waiting: Number(stuck.reduce((sum, { waiting }) => sum + waiting, 0n)),
    minutes: Math.floor(Math.max(...stuck.map(({ stoodMs }) => stoodMs)) / MINUTE_MS),
  }
  return { severity: 'warning', facts }
}

const UNITS_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** `10s`, `2h`; null when it is none. */
function delayMs(text: string): number | null {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const unitMs = UNITS_MS[unit]
  return unitMs === undefined ? null : Number(count) * unitMs
}
