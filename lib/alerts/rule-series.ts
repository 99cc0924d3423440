/** The numbers that a rule may be about: the series that the history keeps, and some that only rules need. Pure. */
import { METRICS, type MetricLabel, type MetricName } from '../history/metrics.ts'

/**
 * `failedPolls`: polls of the cluster that failed in a row. `diskFullHours`: until a volume may be full; endless where
 * nothing says that it will be.
 */
export type RuleSeries = MetricName | 'failedPolls' | 'diskFullHours'

/** What a rule that a person wrote may be about. Polls that fail are told by the one rule that every console has. */
export const OWN_RULE_SERIES = [...(Object.keys(METRICS) as MetricName[]), 'diskFullHours'] as const

export function labelsOfSeries(series: (typeof OWN_RULE_SERIES)[number]): readonly MetricLabel[] {
  return series === 'diskFullHours' ? ['broker', 'logDir'] : METRICS[series].labels
}

/** Series whose value the history does not keep: it follows from offsets. */
export const RATES: ReadonlySet<RuleSeries> = new Set(['produceRatePerSecond', 'consumeRatePerSecond'])
