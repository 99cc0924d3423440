/**
 * Which brokers may be restarting: away, or there and not in sync, for less than a restart takes. One per cluster, kept
 * between polls.
 */
import type { ObservedBroker, ObservedPartition } from '../observation.ts'
import { RESTART_GRACE_MS } from './rule.ts'

type Member = Pick<ObservedBroker, 'id' | 'online' | 'lastSeenAtMs' | 'rocketmq'> & {
  logDirs: readonly { error: object | null }[] | null
}
type Placed = Pick<ObservedPartition, 'broker' | 'replicas' | 'isr'>

interface Seen {
  brokers: readonly Member[]
  topics: readonly { partitions: readonly Placed[] }[]
  nowMs: number
}

export class Restarts {
  /** When each broker was last there and in sync before it went. One that goes again before it has caught up went then, too. */
  readonly #wentAtMs = new Map<string, number>()
  /** There and in sync at the poll before. */
  #whole: ReadonlySet<string> = new Set()
  #beforeMs = 0

  /** Takes a poll in, and answers ids of brokers. */
  note({ brokers, topics, nowMs }: Seen): ReadonlySet<string> {
    const lacking = lackingOf(topics)
    const whole = brokers.filter(({ id, online }) => online === true && !lacking.has(id)).map(({ id }) => id)
    for (const id of whole) this.#wentAtMs.delete(id)
    for (const broker of brokers) {
      const wentAtMs = this.#wentAtMsOf(broker, lacking)
      if (wentAtMs !== null && !this.#wentAtMs.has(broker.id)) this.#wentAtMs.set(broker.id, wentAtMs)
    }
    this.#whole = new Set(whole)
    this.#beforeMs = nowMs
    const away = brokers.filter(({ id }) => nowMs - (this.#wentAtMs.get(id) ?? 0) < RESTART_GRACE_MS)
    return new Set(away.map(({ id }) => id))
  }

  /** Null when nothing says that it has just gone: one that was never seen, or never seen well. */
  #wentAtMsOf({ id, online, lastSeenAtMs, rocketmq, logDirs }: Member, lacking: ReadonlySet<string>): number | null {
    // What was away before this process began is known from the store.
    if (online !== true) return lastSeenAtMs
    // One whose disk failed is there, and what lay on that disk does not come back.
    if (logDirs?.some(({ error }) => error !== null)) return null
    // A broker of Kafka hands its copies over before it goes. A RocketMQ slave that hangs back while it runs does not restart.
    return rocketmq === null && lacking.has(id) && this.#whole.has(id) ? this.#beforeMs : null
  }
}

/**
 * Who is not in sync somewhere; while it is not known who is, everybody. Of a RocketMQ queue that lacks one, all members:
 * the slaves of a master that restarts connect anew.
 */
function lackingOf(topics: Seen['topics']): ReadonlySet<string> {
  const lacking = new Set<string>()
  for (const { partitions } of topics) {
    for (const { broker, replicas, isr } of partitions) {
      if (isr !== null && isr.length >= replicas.length) continue
      for (const id of replicas) if (broker !== null || isr?.includes(id) !== true) lacking.add(id)
    }
  }
  return lacking
}
