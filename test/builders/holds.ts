/** The settings that a topic is kept by in memory, behind the interface that real ones have, which may die at any call. */
import { fault } from '../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../lib/cluster/messages.ts'
import { placeOfSetting } from '../../lib/cluster/setting-names.ts'
import type { TopicSettingsAccess } from '../../lib/cluster/topic-settings.ts'
import type { NewHold } from '../../lib/holds/hold-store.ts'
import { HOUR_MS } from '../../lib/units.ts'
import { NOW_MS } from './snapshots.ts'

const DEFAULTS: Record<string, string> = {
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
}

export interface MemorySettings extends TopicSettingsAccess {
  /** Null: there is no such topic. */
  topicId: string | null
  readonly overrides: Map<string, string>
  /** Each change that the cluster made. */
  readonly made: (readonly { name: string; override: string | null }[])[]
  /** Thrown by the next call of that name, once. */
  next: { read?: MessageAccessError; change?: MessageAccessError }
  closed: number
  /** Ids of brokers that do not answer. */
  readonly silent: Set<string>
}

export function memorySettings(overrides: Record<string, string> = {}): MemorySettings {
  const brokerOf = (name: string): string => placeOfSetting(name).broker ?? ''
  const isSilent = (name: string): boolean => memory.silent.has(brokerOf(name))
  const unlisted = (name: string) => fault('brokerNotListed', { broker: brokerOf(name) })
  const memory: MemorySettings = {
    ...{
      topicId: 'id',
      overrides: new Map(Object.entries(overrides)),
      made: [],
      next: {},
      closed: 0,
      silent: new Set(),
    },
    async read(topic, names) {
      take(memory, 'read')
      // Brokers answer whether there is such a topic or not.
      const ofBrokers = names.every((name) => brokerOf(name) !== '')
      if (memory.topicId === null && !ofBrokers) throw new MessageAccessError(fault('topicDeleted', { topic }), false)
      const { true: silent = [], false: answered = [] } = Object.groupBy(names, (name) => `${isSilent(name)}`)
      const settings = answered.map((name) => {
        const override = memory.overrides.get(name) ?? null
        return { name, override, effective: [override ?? DEFAULTS[name] ?? ''] }
      })
      const unanswered = silent.map((name) => ({ name, fault: unlisted(name) }))
      return { topicId: ofBrokers ? null : memory.topicId, settings, unanswered }
    },
    async change(_topic, changes) {
      take(memory, 'change')
      const silent = changes.find(({ name }) => isSilent(name))
      if (silent !== undefined) throw new MessageAccessError(unlisted(silent.name), true)
      memory.made.push(changes)
      for (const { name, override } of changes) {
        if (override === null) memory.overrides.delete(name)
        else memory.overrides.set(name, override)
      }
    },
    async close() {
      memory.closed += 1
    },
  }
  return memory
}

function take(memory: MemorySettings, call: 'read' | 'change'): void {
  const error = memory.next[call]
  delete memory.next[call]
  if (error !== undefined) throw error
}

export function aHold(over: Partial<NewHold> = {}): NewHold {
  return {
    ...{ clusterId: 'live', topic: 'orders', topicId: 'id', reason: 'billing is down', createdBy: 'ana' },
    ...{ createdAtMs: NOW_MS, untilAtMs: NOW_MS + HOUR_MS },
    settings: [
      { name: 'retention.ms', before: null, effectiveBefore: ['604800000'], held: '-1', foundInstead: null },
      { name: 'retention.bytes', before: '5000', effectiveBefore: ['5000'], held: '-1', foundInstead: null },
    ],
    ...over,
  }
}

/** A hold of a topic that a master and its slave store. */
export function aBrokerHold(over: Partial<NewHold> = {}): NewHold {
  const settings = Object.entries(BROKER_HOURS).map(([name, before]) => {
    return { name, before, effectiveBefore: [before], held: HELD_HOURS, foundInstead: null }
  })
  return aHold({ topicId: null, settings, ...over })
}

export const HELD_HOURS = '876000'
export const BROKER_HOURS = { 'a:0 fileReservedTime': '72', 'a:1 fileReservedTime': '48' }
