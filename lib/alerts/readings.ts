/** What one good poll says about all rules: where each holds, and how it stands at a place where it does not. Pure. */
import type { Observation } from '../durability/observation.ts'
import type { Sample } from '../history/history.ts'
import type { AlertFacts } from './alert.ts'
import type { AlertRule, AlertSubject } from './alert-rule.ts'
import { FindingReadings } from './finding-readings.ts'
import { LossReadings } from './loss-readings.ts'
import { SeriesReadings } from './series-readings.ts'
import type { Holding, Standing } from './state-machine.ts'
import { Subjects } from './subjects.ts'

/** A loss that nobody has acknowledged, of a group that is somebody's or of none. */
export interface OpenLoss {
  id: string
  kind: string
  subject: Pick<AlertSubject, 'type' | 'name'>
  facts: AlertFacts
}

/** When a volume may be full. `hours` null: not known; endless: nothing says that it will be. */
export interface DiskForecast {
  broker: string
  logDir: string
  hours: number | null
}

export interface PollFacts {
  clusterId: string
  observation: Observation
  /** What the history keeps of it. */
  samples: readonly Sample[]
  openLosses: readonly OpenLoss[]
  diskForecasts: readonly DiskForecast[]
}

export interface Readings {
  /** By `placeKey`. */
  readonly holding: ReadonlyMap<string, Holding>
  /** Of a place where the rule does not hold. */
  standingOf(rule: AlertRule, subject: AlertSubject): Standing
}

/** One per cluster, kept between polls: what did not change is read once. */
export class PollReader {
  readonly #findings: FindingReadings
  readonly #series: SeriesReadings
  readonly #losses: LossReadings

  constructor(clusterId: string, rules: readonly AlertRule[]) {
    this.#findings = new FindingReadings(clusterId, rules)
    this.#series = new SeriesReadings(clusterId, rules)
    this.#losses = new LossReadings(rules)
  }

  read(poll: PollFacts): Readings {
    const holding = new Map<string, Holding>()
    const subjects = new Subjects(poll.observation)
    this.#findings.addHolding(poll.observation, holding)
    this.#series.addHolding(poll, holding)
    this.#losses.addHolding(poll.openLosses, holding)
    return {
      holding,
      standingOf: (rule, subject) => {
        switch (rule.when.kind) {
          case 'finding':
            return this.#findings.standingOf(rule.when, subject, poll.observation, subjects)
          case 'loss':
            return 'clear'
          default:
            return this.#series.standingOf(rule, subject, subjects)
        }
      },
    }
  }
}
