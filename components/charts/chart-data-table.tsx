import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { chartRows, gapAt, gapBlocks, type Statistic } from './series-model.ts'
import type { ChartData } from './time-chart.tsx'
import type { PlotWords } from './time-chart-plot.tsx'

interface ChartDataTableProps {
  data: ChartData
  statistic: Statistic
  words: PlotWords
  label: string
}

/** The numbers behind the lines, newest first, in the chart's own space. */
export function ChartDataTable({ data, statistic, words, label }: ChartDataTableProps): ReactElement {
  const t = useTranslations('charts')
  const stepMs = data.stepSeconds * 1_000
  const rows = useMemo(
    () => chartRows(data.series, statistic, stepMs, data.bounds).reverse(),
    [data, statistic, stepMs],
  )
  const gaps = useMemo(() => data.series.map((one) => gapBlocks([one])), [data.series])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled by keys.
    <section className="h-52 overflow-auto" tabIndex={0} aria-label={label}>
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-panel text-ink3">
          <tr>
            <th scope="col" className="px-3 py-1 text-left font-normal">
              {t('time')}
            </th>
            {data.series.map((one) => (
              <th key={one.key} scope="col" className="px-3 py-1 text-right font-normal">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.t} className="border-t border-line2">
              <th scope="row" className="px-3 py-0.5 text-left font-normal whitespace-nowrap">
                {words.formatExactTime(row.t)}
              </th>
              {row.values.map((value, index) => {
                const gap = value === null ? gapAt(gaps[index] ?? [], row.t, stepMs) : null
                return (
                  <td key={data.series[index]?.key ?? index} className="px-3 py-0.5 text-right">
                    {value !== null ? (
                      words.formatValue(value)
                    ) : (
                      <span className="text-ink3">{gap === null ? words.noSample : words.gapReason(gap.reason)}</span>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
