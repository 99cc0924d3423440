/** A broker's settings: from `key=value` lines to entries without secrets, and to the few that the driver itself reads. */
import type { RocketmqDiskMarks } from '../cluster/rocketmq-state.ts'
import type { ConfigEntry } from '../cluster/snapshot.ts'
import { HOUR_MS } from '../units.ts'

/** Names of settings that hold credentials, or text with credentials in it, whatever else they are called. */
const SECRET_NAME = /password|passwd|secret|credential|access_?key|token|headers?$|initAuthenticationUser/i

/** Brokers do not tell which values are their defaults. */
const SOURCE = 'BROKER'

export interface BrokerSettings {
  role: 'SYNC_MASTER' | 'ASYNC_MASTER' | 'SLAVE' | null
  flushDiskType: 'SYNC_FLUSH' | 'ASYNC_FLUSH' | null
  /** How many copies a send waits for when this broker is master. */
  minIsr: number | null
  retentionMs: number | null
  diskMarks: RocketmqDiskMarks | null
  permission: number | null
  commitLogPath: string | null
  consumeQueuePath: string | null
  /** Addresses of the controllers; empty where none elects the master. */
  controllers: string[]
}

export interface BrokerConfig {
  entries: ConfigEntry[]
  settings: BrokerSettings
}

export function readBrokerConfig(properties: string): BrokerConfig {
  const values = parseProperties(properties)
  const entries = [...values]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => entryOf(name, value))
  return { entries, settings: settingsOf(values) }
}

/** Whether they are the settings of the member that NameServers list so; a broker changes them with its role. */
export function isMember(properties: string, brokerName: string, number: number): boolean {
  const values = parseProperties(properties)
  return values.get('brokerName') === brokerName && wholeNumber(values.get('brokerId')) === number
}

/** Values may hold `=` themselves, and secrets: see `entryOf`. */
export function parseProperties(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at).trim(), line.slice(at + 1).trim())
  }
  return values
}

function entryOf(name: string, value: string): ConfigEntry {
  const sensitive = SECRET_NAME.test(name)
  return { name, value: sensitive || value === '' ? null : value, source: SOURCE, isDefault: false, sensitive }
}

type Values = ReadonlyMap<string, string>

function settingsOf(values: Values): BrokerSettings {
  const hours = wholeNumber(values.get('fileReservedTime'))
  const root = values.get('storePathRootDir') || null
  return {
    role: oneOf(values.get('brokerRole'), ['SYNC_MASTER', 'ASYNC_MASTER', 'SLAVE'] as const),
    flushDiskType: oneOf(values.get('flushDiskType'), ['SYNC_FLUSH', 'ASYNC_FLUSH'] as const),
    minIsr: minIsrOf(values),
    retentionMs: hours === null ? null : hours * HOUR_MS,
    diskMarks: diskMarksOf(values),
    permission: wholeNumber(values.get('brokerPermission')),
    commitLogPath: values.get('storePathCommitLog') || (root && `${root}/commitlog`),
    consumeQueuePath: values.get('storePathConsumeQueue') || (root && `${root}/consumequeue`),
    controllers: isTrue(values, 'enableControllerMode') ? addressesOf(values.get('controllerAddr')) : [],
  }
}

/**
 * How many copies, its own included, a master waits for before it says that a message is stored.
 *
 * 4.9 has no `inSyncReplicas`: a SYNC_MASTER waits for one slave. On 5.x it waits for `inSyncReplicas` copies, and one,
 * the default, is its own. A controller's master refuses writes below `minInSyncReplicas`, and may wait for the whole
 * sync-state set, which has at least so many members. An acting-master setting may lower the number to that as well.
 */
function minIsrOf(values: Values): number | null {
  const role = values.get('brokerRole')
  if (role === undefined) return null
  if (role !== 'SYNC_MASTER' || isTrue(values, 'duplicationEnable')) return 1
  const inSyncReplicas = wholeNumber(values.get('inSyncReplicas'))
  if (inSyncReplicas === null) return 2
  const least = wholeNumber(values.get('minInSyncReplicas')) ?? 1
  if (isTrue(values, 'enableControllerMode')) {
    return isTrue(values, 'allAckInSyncStateSet') ? least : Math.max(least, inSyncReplicas)
  }
  const mayLower = isTrue(values, 'enableSlaveActingMaster') && isTrue(values, 'enableAutoInSyncReplicas')
  return Math.max(1, mayLower ? least : inSyncReplicas)
}

/** As brokers bound them. 4.9 takes the upper two from system properties, which it does not tell: mostly the defaults. */
function diskMarksOf(values: Values): RocketmqDiskMarks | null {
  if (!values.has('diskMaxUsedSpaceRatio')) return null
  const mark = (name: string, usual: number, least: number, most: number): number =>
    Math.min(Math.max(wholeNumber(values.get(name)) ?? usual, least), most) / 100
  return {
    deletesExpired: mark('diskMaxUsedSpaceRatio', 75, 10, 95),
    deletesUnexpired:
      values.get('cleanFileForciblyEnable') === 'false' ? null : mark('diskSpaceCleanForciblyRatio', 85, 30, 85),
    refusesMessages: mark('diskSpaceWarningLevelRatio', 90, 35, 90),
  }
}

function addressesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(';')
    .map((address) => address.trim())
    .filter((address) => address !== '')
}

function isTrue(values: Values, name: string): boolean {
  return values.get(name) === 'true'
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null
}

function oneOf<Word extends string>(text: string | undefined, words: readonly Word[]): Word | null {
  return words.find((word) => word === text) ?? null
}
