import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { lineLook } from './line-look.ts'
import { LineSwatch } from './line-swatch.tsx'
import { legendRow } from './series-model.ts'
import type { ChartData } from './time-chart.tsx'
import type { PlotWords } from './time-chart-plot.tsx'

interface ChartLegendProps {
  data: ChartData | null
  words: PlotWords
}

/** The legend is a table: which line, and its value now, its least and its greatest in the range. */
export function ChartLegend({ data, words }: ChartLegendProps): ReactElement {
  const t = useTranslations('charts')
  const bounds = data?.bounds
  const rows =
    data?.series.map((one, index) => ({
      ...legendRow(one, bounds?.toMs ?? 0),
      look: one.look ?? lineLook(index),
    })) ?? []
  const say = (value: number | null): string => (value === null ? t('unknown') : words.formatValue(value))
  return (
    <table className="mx-3 mt-1 mb-2 h-fit w-[calc(100%-1.5rem)] text-xs lg:min-w-64">
      <thead>
        <tr className="text-ink3">
          <th scope="col" className="py-0.5 text-left font-normal">
            {t('legend.series')}
          </th>
          {(['now', 'min', 'max'] as const).map((column) => (
            <th key={column} scope="col" className="whitespace-nowrap py-0.5 pl-4 text-right font-normal">
              {t(`legend.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <tr>
            <td colSpan={4} className="py-0.5 text-ink3">
              {data === null ? t('loading') : t('noSamples')}
            </td>
          </tr>
        )}
        {rows.map((row) => (
          <tr key={row.key}>
            <td className="w-full max-w-0 py-0.5">
              <span className="flex min-w-0 items-center gap-2">
                <LineSwatch look={row.look} />
                <span className="truncate" title={row.label}>
                  {row.label}
                </span>
              </span>
            </td>
            <td className="py-0.5 pl-4 text-right font-medium whitespace-nowrap">{say(row.current)}</td>
            <td className="py-0.5 pl-4 text-right whitespace-nowrap text-ink2">{say(row.min)}</td>
            <td className="py-0.5 pl-4 text-right whitespace-nowrap text-ink2">{say(row.max)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
