/** Whether a receiver takes what it is told, by what was sent to it: somebody else must hear of it when it does not. Pure. */
import { MINUTE_MS } from '../units.ts'

export interface ReceiverRecord {
  receiverId: string
  /** When something arrived there last; null: nothing of what is kept did. */
  deliveredAtMs: number | null
  /** Of what was tried since and did not arrive; null: all arrived. */
  failing: FailingRecord | null
}

export interface FailingRecord {
  /** When the oldest of it was to be told. */
  sinceMs: number
  /** What its last attempt came to, and whether it will be made again. */
  code: string
  facts: Readonly<Record<string, string | number>>
  isRefused: boolean
}

/** What others were told of a receiver last. */
export interface ToldOfReceiver {
  receiverId: string
  sinceMs: number
  code: string
  facts: Readonly<Record<string, string | number>>
  /** False: that it works again. */
  isFailing: boolean
}

export type HealthChange = Omit<ToldOfReceiver, 'isFailing'> & { endedAtMs: number | null; isRemoved: boolean }

/** A receiver that stumbles is tried four times in this; whoever waits for an alert should not wait longer unknowingly. */
const FAILING_AFTER_MS = 10 * MINUTE_MS

/** These say nothing of the receiver, but of one message, or of this console. */
export const ABOUT_ONE_MESSAGE: readonly string[] = [
  ...['beginningNotTaken', 'contentRefused', 'internal', 'kindNotTaken', 'receiverGone'],
]

/** The next message may be taken. */
const PERHAPS_ONE_MESSAGE: readonly string[] = ['statusRefused', 'vendorRefused']

/** @param known ids of all receivers that there are: of one that is gone, only that is told */
export function healthChanges(
  records: readonly ReceiverRecord[],
  told: readonly ToldOfReceiver[],
  known: ReadonlySet<string>,
  nowMs: number,
): HealthChange[] {
  const open = new Map(told.flatMap((one) => (one.isFailing ? [[one.receiverId, one]] : [])))
  const begun = records.flatMap(({ receiverId, failing }): HealthChange[] => {
    if (failing === null || open.has(receiverId) || !known.has(receiverId)) return []
    const { sinceMs, code, facts } = failing
    return isFailing(failing, nowMs) ? [{ receiverId, sinceMs, code, facts, endedAtMs: null, isRemoved: false }] : []
  })
  const works = new Map(
    records.flatMap(({ receiverId, deliveredAtMs, failing }) =>
      failing === null && deliveredAtMs !== null ? [[receiverId, deliveredAtMs]] : [],
    ),
  )
  const ended = [...open.values()].flatMap(({ isFailing: _, ...one }): HealthChange[] => {
    const isRemoved = !known.has(one.receiverId)
    const endedAtMs = isRemoved ? nowMs : works.get(one.receiverId)
    return endedAtMs === undefined || endedAtMs < one.sinceMs ? [] : [{ ...one, endedAtMs, isRemoved }]
  })
  return [...begun, ...ended]
}

/** At once where a person has to mend it. */
export function isFailing({ isRefused, code, sinceMs }: FailingRecord, nowMs: number): boolean {
  return (isRefused && !PERHAPS_ONE_MESSAGE.includes(code)) || nowMs - sinceMs >= FAILING_AFTER_MS
}
