/** A topic's settings in memory, behind the interface that the Kafka one has, which may die at any call. */
import { fault } from '../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../lib/cluster/messages.ts'
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
}

export function memorySettings(overrides: Record<string, string> = {}): MemorySettings {
  const memory: MemorySettings = {
    ...{ topicId: 'id', overrides: new Map(Object.entries(overrides)), made: [], next: {}, closed: 0 },
    async read(topic, names) {
      take(memory, 'read')
      if (memory.topicId === null) throw new MessageAccessError(fault('topicDeleted', { topic }), false)
      const settings = names.map((name) => {
        const override = memory.overrides.get(name) ?? null
        return { name, override, effective: [override ?? DEFAULTS[name] ?? ''] }
      })
      return { topicId: memory.topicId, settings }
    },
    async change(_topic, changes) {
      take(memory, 'change')
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
