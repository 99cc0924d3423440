/** Whether a message that a RocketMQ master confirmed is anywhere else than in its memory, and how good the copies are. */
import type { RocketmqReplication } from '../../cluster/rocketmq-state.ts'
import { MINUTE_MS, SECOND_MS } from '../../units.ts'
import type { FindingCode } from '../finding-codes.ts'
import type { ObservedBroker, Severity } from '../observation.ts'
import {
  confirmsOtherwise,
  fellowsOf,
  isMaster,
  isOn,
  isRestarting,
  isYoung,
  MEBIBYTE,
  masterRule,
  type RocketmqBroker,
  slaveRule,
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
  RESTART_GRACE_MS,
  type Scene,
  stoodSince,
  textOf,
} from './rule.ts'

/** What may be on the way to a slave that keeps up. */
const ON_THE_WAY_BYTES = 64n * 1024n
const BEHIND_AFTER_MS = 30 * SECOND_MS
const FAR_BEHIND_MS = 5 * MINUTE_MS
/** So much is behind however long it takes. */
const FAR_BEHIND_BYTES = BigInt(64 * MEBIBYTE)
/** A slave hangs up after 20 s of silence (`haHousekeepingInterval`). */
const STANDS_AFTER_MS = 30 * SECOND_MS
/** Longer, since the slave's clock tells it. */
const SILENT_AFTER_MS = MINUTE_MS
/** Slaves are compared every two minutes; what two comparisons find is not merely younger than the last copy. */
const LASTS_AFTER_MS = 2.5 * MINUTE_MS

/** Whichever member becomes master works by its own. */
const SHARED_SETTINGS = [
  'fileReservedTime',
  'diskMaxUsedSpaceRatio',
  'flushDiskType',
  'messageDelayLevel',
  'maxMessageSize',
  'cleanFileForciblyEnable',
  'inSyncReplicas',
  'minInSyncReplicas',
  'transactionCheckMax',
  'timerMaxDelaySec',
  'aclEnable',
  'authenticationEnabled',
  'authorizationEnabled',
] as const

export const ROCKETMQ_REPLICA_RULES: readonly BrokerRule[] = [
  masterRule('broker.asyncFlush', 'critical', asyncFlush),
  masterRule('broker.asyncMaster', 'warning', (broker, scene) => {
    if (broker.config === null || confirmsOtherwise(broker)) return 'unknown'
    if (textOf(broker.config, 'brokerRole') !== 'ASYNC_MASTER' || fellowsOf(broker, scene).length === 0) return MISS
    return hit('warning', { broker: broker.id })
  }),
  masterRule('broker.syncMasterInNameOnly', 'critical', (broker, { layout }) => {
    const isWaiting = waitsForSlave(broker)
    if (isWaiting === null || confirmsOtherwise(broker)) return 'unknown'
    if (isWaiting || textOf(broker.config, 'brokerRole') !== 'SYNC_MASTER') return MISS
    const replicas = numberOf(broker.config, 'inSyncReplicas') ?? 1
    return hit(layout.isSingle ? 'info' : 'critical', { broker: broker.id, replicas })
  }),
  masterRule('broker.minInSyncReplicasOne', 'warning', (broker, scene) => {
    // Masters look at it where a controller elects them, and else only with `enableAutoInSyncReplicas`.
    const isControlled = isOn(broker, 'enableControllerMode')
    if (isControlled === null) return 'unknown'
    if (!isControlled || fellowsOf(broker, scene).length === 0) return MISS
    const least = numberOf(broker.config, 'minInSyncReplicas')
    if (least === null) return 'unknown'
    return least > 1 ? MISS : hit('warning', { broker: broker.id, least })
  }),
  masterRule('broker.autoInSyncReplicas', 'warning', (broker) => {
    const isLowering = isOn(broker, 'enableAutoInSyncReplicas')
    if (isLowering === null) return 'unknown'
    const least = numberOf(broker.config, 'minInSyncReplicas') ?? 1
    if (!isLowering || least > 1) return MISS
    // Brokers look at it in this mode alone.
    const isUsed = isOn(broker, 'enableSlaveActingMaster') === true && isOn(broker, 'enableControllerMode') !== true
    return hit(isUsed ? 'warning' : 'info', { broker: broker.id, least, used: isUsed ? 'yes' : 'no' })
  }),
  masterRule('broker.ackBeforeSyncStateSet', 'info', (broker) => {
    const isControlled = isOn(broker, 'enableControllerMode')
    if (isControlled === null) return 'unknown'
    if (!isControlled || isOn(broker, 'allAckInSyncStateSet') === true) return MISS
    return hit('info', { broker: broker.id, replicas: numberOf(broker.config, 'inSyncReplicas') ?? 1 })
  }),
  masterRule('broker.noSlave', 'high', (broker, scene) => {
    if (fellowsOf(broker, scene).length > 0) return MISS
    return hit(scene.layout.isSingle ? 'info' : 'high', { broker: broker.id })
  }),
  masterRule('broker.noAutomaticFailover', 'info', (broker, scene) => {
    if (broker.config === null) return 'unknown'
    if (fellowsOf(broker, scene).length === 0) return MISS
    const modes = ['enableControllerMode', 'enableSlaveActingMaster', 'enableDLegerCommitLog']
    return modes.some((setting) => isOn(broker, setting)) ? MISS : hit('info', { broker: broker.id })
  }),
  slaveRule('broker.slaveBehind', 'high', slaveBehind),
  slaveRule('broker.slaveStuck', 'high', slaveStuck),
  slaveRule('broker.slaveMissingOffsets', 'warning', ({ id, rocketmq: { slaveCopy } }, scene) => {
    const missing = slaveCopy?.missingOffsets ?? null
    if (missing === null) return 'unknown'
    const stale = slaveCopy?.staleOffsets ?? 0
    return isLasting(scene, 'broker.slaveMissingOffsets', id, missing + stale > 0)
      ? hit('warning', { broker: id, missing, stale })
      : MISS
  }),
  slaveRule('broker.slaveMissingTopics', 'warning', ({ id, rocketmq: { slaveCopy } }, scene) => {
    const { missingTopics: topics, missingGroups: groups } = slaveCopy ?? { missingTopics: null, missingGroups: null }
    const isMissing = (topics ?? 0) + (groups ?? 0) > 0
    const isHit = isLasting(scene, 'broker.slaveMissingTopics', id, isMissing)
    if (isHit) return hit('warning', { broker: id, topics: topics ?? 0, groups: groups ?? 0 })
    return topics === null || groups === null ? 'unknown' : MISS
  }),
  slaveRule('broker.replicaSettingsDiffer', 'high', replicaSettingsDiffer),
]

/** Null while its settings are not known. With `allAckInSyncStateSet` it waits for whoever is in the sync-state set. */
function waitsForSlave(broker: RocketmqBroker): boolean | null {
  const { minIsr } = broker.rocketmq
  if (minIsr === null) return null
  const waitsForSet = isOn(broker, 'enableControllerMode') === true && isOn(broker, 'allAckInSyncStateSet') === true
  return minIsr > 1 || (waitsForSet && textOf(broker.config, 'brokerRole') === 'SYNC_MASTER')
}

/** What is confirmed and not flushed survives in the memory of a slave that the master waited for, or nowhere. */
function asyncFlush(broker: RocketmqBroker, scene: Scene): Outcome {
  const { flushDiskType } = broker.rocketmq
  if (flushDiskType === null) return 'unknown'
  if (flushDiskType === 'SYNC_FLUSH') return MISS
  const isWaiting = waitsForSlave(broker)
  if (isWaiting === null || confirmsOtherwise(broker)) return 'unknown'
  if (!isWaiting) return hit(scene.layout.isSingle ? 'warning' : 'critical', { broker: broker.id, copy: 'none' })
  const slaves = fellowsOf(broker, scene).filter((fellow) => !isMaster(fellow))
  const inSync = slaves.map(isInSync)
  const isAlone = !inSync.includes(true)
  if (isAlone && inSync.includes(null)) return 'unknown'
  const found = scene.foundBefore('broker.asyncFlush', { type: 'broker', name: broker.id })
  // It was the same finding, and less grave, while a slave had a copy.
  const wasLong = found?.severity === 'critical' && found.facts.copy === 'away'
  const sinceMs = heldSince(scene, `asyncFlush\n${broker.id}`, isAlone, wasLong ? scene.nowMs - RESTART_GRACE_MS : null)
  if (sinceMs === null) return hit('info', { broker: broker.id, copy: 'slave' })
  const isRecent = slaves.length > 0 && scene.nowMs - sinceMs < RESTART_GRACE_MS
  return hit(isRestarting(broker, scene) ? 'info' : isRecent ? 'warning' : 'critical', {
    broker: broker.id,
    copy: 'away',
  })
}

function isInSync({ online, rocketmq }: ObservedBroker): boolean | null {
  return online === false ? false : (rocketmq?.replication?.inSync ?? null)
}

function slaveBehind(broker: RocketmqBroker, scene: Scene): Outcome {
  const { nowMs } = scene
  const { behindBytes, behindMs } = broker.rocketmq.replication ?? NOT_READ
  if (behindBytes === null) return 'unknown'
  if (behindBytes <= ON_THE_WAY_BYTES) return MISS
  const facts = { broker: broker.id, behindMiB: toMebibytes(behindBytes) }
  // Older than anything that is known of the master's log, or this console has just started.
  if (behindMs === null) {
    return behindBytes >= FAR_BEHIND_BYTES ? hit('warning', { ...facts, behindSeconds: 'unknown' }) : 'unknown'
  }
  if (behindMs < BEHIND_AFTER_MS) return MISS
  const severity = isRestarting(broker, scene)
    ? 'info'
    : behindMs < FAR_BEHIND_MS || isYoung(broker, nowMs)
      ? 'warning'
      : 'high'
  return hit(severity, { ...facts, behindSeconds: Math.floor(behindMs / SECOND_MS) })
}

const NOT_READ: Pick<RocketmqReplication, 'behindBytes' | 'behindMs'> = { behindBytes: null, behindMs: null }

/** It hears nothing of its master, or hears it and writes nothing. */
function slaveStuck(broker: RocketmqBroker, scene: Scene): Outcome {
  const { nowMs } = scene
  const { behindBytes = null, commitLogMaxOffset: end = null, lastReadAtMs = null } = broker.rocketmq.replication ?? {}
  if (behindBytes === null || end === null) return 'unknown'
  const isBehind = behindBytes > 0n
  // While nothing is missing its log may stand still for as long as nobody writes.
  const found = scene.foundBefore('broker.slaveStuck', { type: 'broker', name: broker.id })
  const foundSinceMs = foundSince(found, STANDS_AFTER_MS)
  const stoodSinceMs = stoodSince(scene, `slaveStuck\n${broker.id}`, isBehind ? end : -1n, foundSinceMs)
  const stoodMs = isBehind ? nowMs - stoodSinceMs : 0
  const silentMs = lastReadAtMs === null ? 0 : nowMs - lastReadAtMs
  if (stoodMs < STANDS_AFTER_MS && silentMs < SILENT_AFTER_MS) return MISS
  const hasYoung = [broker, ...fellowsOf(broker, scene)].some((member) => isYoung(member, nowMs))
  return hit(isRestarting(broker, scene) ? 'info' : isBehind && !hasYoung ? 'high' : 'warning', {
    ...{ broker: broker.id, behindMiB: toMebibytes(behindBytes) },
    stuckSeconds: Math.floor(Math.max(stoodMs, silentMs) / SECOND_MS),
  })
}

function isLasting(scene: Scene, code: FindingCode, id: string, holds: boolean): boolean {
  const found = scene.foundBefore(code, { type: 'broker', name: id })
  const sinceMs = heldSince(scene, `${code}\n${id}`, holds, foundSince(found, LASTS_AFTER_MS))
  return sinceMs !== null && scene.nowMs - sinceMs >= LASTS_AFTER_MS
}

function replicaSettingsDiffer(slave: RocketmqBroker, scene: Scene): Outcome {
  const master = fellowsOf(slave, scene).find((fellow) => isMaster(fellow) && fellow.online !== false)
  if (slave.config === null || master === undefined || master.config === null) return 'unknown'
  return SHARED_SETTINGS.flatMap((setting): Hit[] => {
    const [ofSlave, ofMaster] = [textOf(slave.config, setting), textOf(master.config, setting)]
    if (ofSlave === null || ofMaster === null || ofSlave === ofMaster) return []
    const facts = { broker: slave.id, master: master.id, setting, slaveValue: ofSlave, masterValue: ofMaster }
    return [{ severity: severityOf(setting, Number(ofSlave), Number(ofMaster)), facts, part: setting }]
  })
}

/** Only what the slave deletes before its master does is lost by the difference alone, once the slave takes over. */
function severityOf(setting: string, ofSlave: number, ofMaster: number): Severity {
  return setting === 'fileReservedTime' && ofSlave < ofMaster ? 'high' : 'warning'
}
