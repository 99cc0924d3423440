/** The numbers that a rule may be about: the series that the history keeps, and some that only rules need. Pure. */
import type { MetricName } from '../history/metrics.ts'

/**
 * `failedPolls`: polls of the cluster that failed in a row. `diskFullHours`: until a volume may be full; endless where
 * nothing says that it will be.
 */
export type RuleSeries = MetricName | 'failedPolls' | 'diskFullHours'

/** Series whose value the history does not keep: it follows from offsets. */
export const RATES: ReadonlySet<RuleSeries> = new Set(['produceRatePerSecond', 'consumeRatePerSecond'])
