/** What a message loss is, as it is concluded from polls: one event has one entry, however often it is concluded. */

export const LOSS_KINDS = [
  'retentionOverranGroup',
  'logTruncated',
  'uncleanElection',
  'topicRecreated',
  'dlqExpired',
  'probeLost',
  'transactionsAbandoned',
  'replicaBehindAtFailover',
] as const
export type LossKind = (typeof LOSS_KINDS)[number]

export const COUNT_BOUNDS = ['exact', 'upper', 'lower'] as const
export type CountBound = (typeof COUNT_BOUNDS)[number]

/** Where it happened; what it does not concern is null. */
export interface LossPlace {
  topic: string | null
  partition: number | null
  /** The broker's name of a RocketMQ queue, or the member that it is about. */
  broker: string | null
  group: string | null
}

export interface Loss extends LossPlace {
  kind: LossKind
  /**
   * Tells what happened at one place at different times apart. It is made of what was so before, and thus the same when a
   * crash makes the console conclude it again.
   */
  episode: string
  /** The first record that is gone, and the place behind the last one. */
  fromOffset: bigint | null
  toOffset: bigint | null
  /** Null: nobody knows how many. */
  count: bigint | null
  countBound: CountBound
  /** It happened after this; null where the console had not looked before. */
  windowFromMs: number | null
  windowToMs: number
  /** Of a group that is nobody's any more: worth a note, and no reason to call the cluster losing. */
  isAbandoned: boolean
  /** What was seen, for people and programs; the words stand in the message files. */
  evidence: Record<string, string | number>
}

/** Kinds that one event may be taken for: the first of a family that fits it best names it. */
const FAMILIES: Partial<Record<LossKind, string>> = {
  uncleanElection: 'truncation',
  logTruncated: 'truncation',
  replicaBehindAtFailover: 'truncation',
}

/** Two losses with the same identity are one. */
export function lossIdentity(clusterId: string, loss: Pick<Loss, 'kind' | 'episode' | keyof LossPlace>): string {
  const { kind, topic, partition, broker, group, episode } = loss
  return JSON.stringify([clusterId, FAMILIES[kind] ?? kind, topic, partition, broker, group, episode])
}

/** Of two names for one event the graver: what a first look took for a truncation may prove to be an unclean election. */
export function graverKind(one: LossKind, other: LossKind): LossKind {
  return one === 'logTruncated' ? other : one
}
