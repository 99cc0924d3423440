'use client'

import { parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { COMPARISONS, type Comparison, MAX_PICKS, picksParser, type SeriesPick } from '../../lib/client/explore-view.ts'
import type { Statistic } from '../charts/series-model.ts'

export const COMPARISON_NAMES = Object.keys(COMPARISONS) as Comparison[]
/** `worst`: what a short trouble within a step shows in, by the metric. */
export const STATISTICS = ['worst', 'avg', 'min', 'max', 'last'] as const satisfies (Statistic | 'worst')[]
export type ChosenStatistic = (typeof STATISTICS)[number]

export interface ExploreView {
  picks: readonly SeriesPick[]
  comparison: Comparison | null
  statistic: ChosenStatistic
  setPick(index: number, pick: SeriesPick): void
  addPick(pick: SeriesPick): void
  removePick(index: number): void
  setComparison(comparison: Comparison | null): void
  setStatistic(statistic: ChosenStatistic): void
}

/** What the page shows lives in its address. `blank`: the chart to begin with. */
export function useExploreView(blank: SeriesPick): ExploreView {
  const [state, setState] = useQueryStates({
    series: picksParser,
    compare: parseAsStringLiteral(COMPARISON_NAMES),
    value: parseAsStringLiteral(STATISTICS).withDefault('worst'),
  })
  return useMemo(() => {
    const picks = state.series.length === 0 ? [blank] : state.series.slice(0, MAX_PICKS)
    const setPicks = (series: SeriesPick[]): void => void setState({ series: series.length === 0 ? null : series })
    return {
      picks,
      comparison: state.compare,
      statistic: state.value,
      setPick: (index, pick) => setPicks(picks.map((old, at) => (at === index ? pick : old))),
      addPick: (pick) => setPicks([...picks, pick]),
      removePick: (index) => setPicks(picks.filter((_, at) => at !== index)),
      setComparison: (compare) => void setState({ compare }),
      setStatistic: (value) => void setState({ value }),
    }
  }, [state, setState, blank])
}
