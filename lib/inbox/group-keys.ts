/** By what dead letters are grouped, and the names of the groups. A group of any key can be selected by its name. */
import { hash } from 'node:crypto'
import type { DlqCause, DlqOrigin } from '../../prisma/generated/sqlite/client.ts'
import type { Database } from '../db.ts'
import type { RecordKind } from './block-codec.ts'

export const GROUP_KEYS = ['cause', 'exception', 'originTopic', 'group'] as const
export type GroupKey = (typeof GROUP_KEYS)[number]

/** As long as the API takes. */
const MAX_NAME = 100
const HASH_LENGTH = 20

/** The causes and origins of one queue. */
export interface KindNames {
  causes: ReadonlyMap<number, DlqCause>
  origins: ReadonlyMap<number, DlqOrigin>
}

export async function kindNamesOf({ client }: Database, queueId: number): Promise<KindNames> {
  const causes = await client.dlqCause.findMany({ where: { queueId } })
  const origins = await client.dlqOrigin.findMany({ where: { queueId } })
  return {
    causes: new Map(causes.map((cause) => [cause.id, cause])),
    origins: new Map(origins.map((origin) => [origin.id, origin])),
  }
}

/** Null when the kind is not in the names: another process stored it a moment ago. */
export function groupOf(kind: RecordKind, key: GroupKey, { causes, origins }: KindNames): string | null {
  const [cause, origin] = [causes.get(kind.causeId), origins.get(kind.originId)]
  switch (key) {
    case 'cause':
      return cause?.fingerprint ?? null
    case 'exception':
      return cause === undefined ? null : nameOf(key, cause.exception ?? '')
    case 'originTopic':
      return origin === undefined ? null : nameOf(key, origin.topic)
    case 'group':
      return origin === undefined ? null : nameOf(key, origin.group)
  }
}

function nameOf(key: GroupKey, value: string): string {
  const name = `${key}:${value}`
  return name.length <= MAX_NAME ? name : `${key}:#${hash('sha256', value, 'hex').slice(0, HASH_LENGTH)}`
}

/** Whether a kind belongs to one of the named groups. */
export function groupTest(wanted: readonly string[], names: KindNames): (kind: RecordKind) => boolean {
  const set = new Set(wanted)
  return (kind) =>
    GROUP_KEYS.some((key) => {
      const group = groupOf(kind, key, names)
      return group !== null && set.has(group)
    })
}
