/** Looks for alerts in each poll of a cluster, and has what becomes of them stored. */
import type { AlertStore } from '../alerting/alert-store.ts'
import type { AlertRule } from '../alerts/alert-rule.ts'
import {
  type AlertBook,
  type AlertChanges,
  apply,
  bookOf,
  type Evaluation,
  evaluateFailedPoll,
  evaluatePoll,
  RuleBook,
} from '../alerts/evaluate.ts'
import { alertMuteFinder } from '../alerts/hidden.ts'
import { type DiskForecast, type OpenLoss, PollReader } from '../alerts/readings.ts'
import { FLAP_WINDOW_MS } from '../alerts/state-machine.ts'
import { hoursUntilFull } from '../durability/forecasts/disk-full.ts'
import type { MutePattern } from '../durability/mutes.ts'
import type { Observation } from '../durability/observation.ts'
import { type DiskHistory, withDiskForecasts } from '../history/disk-forecasts.ts'
import type { Sample } from '../history/history.ts'
import { lossFactsOf, lossSubjectOf } from '../losses/loss-facts.ts'
import type { LossLedger } from '../losses/loss-ledger.ts'
import { MINUTE_MS } from '../units.ts'

export interface AlertWatchOptions {
  clusterId: string
  intervalMs: number
  store: Pick<AlertStore, 'read' | 'record'>
  losses: Pick<LossLedger, 'list'>
  history: DiskHistory
}

/** A good poll, as it was concluded and stored. */
export interface NotedPoll {
  observation: Observation
  samples: readonly Sample[]
  mutes: readonly MutePattern[]
  /** All that hold; the same array for as long as none changed. */
  rules: readonly AlertRule[]
  /** When the good poll before it was, of this process or an earlier one; null: not known, or it is the first. */
  seenBeforeMs: number | null
}

/** Polls may be late, or fail once; after so many, nobody looked. */
const UNWATCHED_POLLS = 3
const SHORTEST_UNWATCHED_MS = 2 * MINUTE_MS

/** Rules, and what was made of them. */
interface Prepared {
  rules: readonly AlertRule[]
  book: RuleBook
  reader: PollReader
}

export class AlertWatch {
  readonly #options: AlertWatchOptions
  /** Null before the first poll. */
  #prepared: Prepared | null = null
  /** Null until it is read what is stored, and after a write of which nobody knows whether it happened. */
  #book: AlertBook | null = null

  constructor(options: AlertWatchOptions) {
    this.#options = options
  }

  /** @throws HoldfastError when the store fails; the next poll then finds what this one found */
  async note({ observation, samples, mutes, rules, seenBeforeMs }: NotedPoll): Promise<void> {
    const { clusterId, intervalMs } = this.#options
    const { atMs, topics } = observation
    const [openLosses, diskForecasts] = await Promise.all([this.#openLosses(), this.#diskForecasts(observation)])
    const { reader, book: ruleBook } = this.#prepare(rules)
    const readings = reader.read({ clusterId, observation, samples, openLosses, diskForecasts })
    const mutesOf = alertMuteFinder(mutes, clusterId, atMs)
    const byName = new Map(topics.map((topic) => [topic.name, topic]))
    const polled = {
      readings,
      wasUnwatched: atMs - (seenBeforeMs ?? atMs) > Math.max(UNWATCHED_POLLS * intervalMs, SHORTEST_UNWATCHED_MS),
      isMuted: (alert: Parameters<typeof mutesOf>[0]) => mutesOf(alert).length > 0,
      topicOf: (name: string) => byName.get(name),
    }
    await this.#change(ruleBook, atMs, (book, evaluation) => evaluatePoll(book, polled, evaluation))
  }

  /** @throws HoldfastError as `note` */
  async noteFailure(failedInARow: number, atMs: number, rules: readonly AlertRule[]): Promise<void> {
    await this.#change(this.#prepare(rules).book, atMs, (book, evaluation) =>
      evaluateFailedPoll(book, failedInARow, evaluation),
    )
  }

  /** Anew only when a rule changed: what readers remember of a poll before is worth much. */
  #prepare(rules: readonly AlertRule[]): Prepared {
    if (this.#prepared?.rules !== rules) {
      this.#prepared = { rules, book: new RuleBook(rules), reader: new PollReader(this.#options.clusterId, rules) }
    }
    return this.#prepared
  }

  async #change(
    rules: RuleBook,
    nowMs: number,
    evaluate: (book: AlertBook, evaluation: Evaluation) => AlertChanges,
  ): Promise<void> {
    const { clusterId, store } = this.#options
    const book = this.#book ?? bookOf(await store.read(clusterId, nowMs - FLAP_WINDOW_MS))
    this.#book = null
    const changes = evaluate(book, { clusterId, rules, nowMs })
    await store.record(clusterId, changes)
    apply(book, changes, nowMs)
    this.#book = book
  }

  /** Losses of groups that are nobody's call nobody. */
  async #openLosses(): Promise<OpenLoss[]> {
    const { clusterId, losses } = this.#options
    const open = (await losses.list()).filter(
      (loss) => loss.clusterId === clusterId && loss.acknowledgedAtMs === null && !loss.isAbandoned,
    )
    return open.map((loss) => ({
      id: loss.id,
      kind: loss.kind,
      subject: lossSubjectOf(loss),
      facts: lossFactsOf(loss),
    }))
  }

  async #diskForecasts({ atMs, brokers }: Observation): Promise<DiskForecast[]> {
    const { clusterId, history } = this.#options
    const rows = await withDiskForecasts(history, { clusterId, lastPollAtMs: atMs }, brokers)
    return rows.flatMap(({ id, logDirs, fullAt }) =>
      (logDirs ?? []).map(({ path }, index): DiskForecast => {
        const forecast = fullAt[index]
        return { broker: id, logDir: path, hours: forecast === undefined ? null : hoursUntilFull(forecast, atMs) }
      }),
    )
  }
}
