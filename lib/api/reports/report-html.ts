/**
 * A report as one file that needs nothing else: no script, no address, no font. Names in it come from clusters and may be
 * hostile: everything is escaped where it is put in, and a policy in the file forbids whatever would slip through.
 */
import { formatDateTime, formatNumber, zoneOffsetName } from '../../client/format.ts'
import { columnsOf, type ReportLine, type ReportSection, reportSections } from '../../client/report-views.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import type { ReportAnswer } from '../schemas/reports.ts'

export interface HtmlChoice {
  locale: Locale
  /** Of the times in it, which no reader can change any more. */
  timeZone: string
}

/** HTML that is safe to put into a page: made by `html` alone. */
class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | readonly Html[] | string | number | null

function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + textOf(parts[index - 1] ?? null) + string))
}

function textOf(part: Part): string {
  if (part === null) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return escaped(String(part))
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Also what turns the direction of the text round, by which a name could seem to be another one. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)
    .replace(/[\u202a-\u202e\u2066-\u2069\0]/g, '\u{fffd}')
}

const STYLE = new Html(`
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: #fff; color: #1b1b19;
  font: 14px/1.45 Inter, "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; break-after: avoid; }
p { margin: .25rem 0; } .quiet { color: #5d5c57; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: normal; color: #5d5c57; font-size: .85em; }
th, td { border-bottom: 1px solid #e6e5e2; padding: .35rem .5rem .35rem 0; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; } .number { text-align: right; } .time { white-space: nowrap; } .title { font-weight: 600; }
.losing, .critical { color: #c4261d; font-weight: 600; } .atRisk, .high { color: #945600; font-weight: 600; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } }
`)

export function reportHtml(report: ReportAnswer, choice: HtmlChoice): string {
  const t = words(choice.locale)
  const title = t('reportTitle', { schedule: report.schedule ?? 'asked' })
  const period = t('period', { from: time(report.from, choice), to: time(report.to, choice) })
  const page = html`<!doctype html>
<html lang="${{ en: 'en', zh: 'zh-CN' }[choice.locale]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${period}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p>${period}</p>
<p class="quiet">${t('made', { at: time(report.madeAt, choice), by: report.madeBy })} · ${report.id}</p>
<p class="${report.level}">${translate(choice.locale, 'states', `level.${report.level}`)}</p>
${report.summary.map((sentence) => html`<p>${sentence}</p>\n`)}
${reportSections(report).map((section) => sectionHtml(section, report, choice))}
</body>
</html>
`
  return page.text
}

type Say = (key: string, facts?: Record<string, string | number>) => string

function words(locale: Locale): Say {
  return (key, facts) => translate(locale, 'reports', key, facts)
}

function time(iso: string, { timeZone }: HtmlChoice): string {
  const atMs = Date.parse(iso)
  return `${formatDateTime(timeZone, atMs)} ${zoneOffsetName(timeZone, atMs)}`
}

function sectionHtml({ id, lines, total }: ReportSection, report: ReportAnswer, choice: HtmlChoice): Html {
  const t = words(choice.locale)
  const more = (total ?? 0) - lines.length
  const notes = [
    ...(more > 0 ? [t('more', { count: more })] : []),
    ...(id === 'began' && report.isCut ? [t('cut')] : []),
    ...(id === 'forecasts' && report.forecasts ? [t('forecastUnknown', { count: report.forecasts.unknown })] : []),
  ]
  const empty = total === null ? t('forecastOver') : t(`sections.${id}.empty`)
  return html`<section>
<h2>${t(`sections.${id}.title`)}</h2>
${lines.length === 0 ? html`<p class="quiet">${empty}</p>\n` : tableHtml(lines, choice)}
${notes.filter((note) => note !== '').map((note) => html`<p class="quiet">${note}</p>\n`)}
</section>
`
}

function tableHtml(lines: readonly ReportLine[], choice: HtmlChoice): Html {
  const t = words(choice.locale)
  const shown = columnsOf(lines)
  const columns = (['cluster', 'subject', 'team', 'from', 'to', 'count', 'by', 'note'] as const).filter(
    (name) => shown[name],
  )
  return html`<table>
<thead><tr><th scope="col">${t('columns.what')}</th>${columns.map(
    (name) => html`<th scope="col"${name === 'count' ? html` class="number"` : ''}>${t(`columns.${name}`)}</th>`,
  )}</tr></thead>
<tbody>
${lines.map((line) => html`<tr><td>${whatHtml(line, choice)}</td>${columns.map((name) => cellHtml(name, line, choice))}</tr>\n`)}
</tbody>
</table>
`
}

function whatHtml({ level, severity, title, text, isDoubtful }: ReportLine, { locale }: HtmlChoice): Html {
  const mark = severity ?? level
  const name = severity === null ? `level.${level}` : `severity.${severity}`
  return html`${mark === null ? null : html`<span class="${mark}">${translate(locale, 'states', name)}</span> `}<span class="title">${title}</span>${
    text === null ? null : html`<br>${text}`
  }${isDoubtful ? html`<br><span class="quiet">${words(locale)('doubtful')}</span>` : null}`
}

type Column = keyof ReturnType<typeof columnsOf>

function cellHtml(name: Column, line: ReportLine, choice: HtmlChoice): Html {
  const t = words(choice.locale)
  if (name === 'cluster') return html`<td>${line.clusterId}</td>`
  if (name === 'subject') return html`<td>${line.subject?.name ?? null}</td>`
  if (name === 'team') return html`<td>${line.team ?? html`<span class="quiet">${t('noOwner')}</span>`}</td>`
  if (name === 'by') return html`<td>${line.by}</td>`
  if (name === 'note')
    return html`<td>${line.outcome === null ? null : `${t(`outcomes.${line.outcome}`)} `}${line.note}</td>`
  if (name === 'count') {
    return html`<td class="number">${line.count === null ? null : formatNumber(choice.locale, line.count)}</td>`
  }
  const at = line[name]
  return html`<td class="time">${at === null ? null : time(at, choice)}</td>`
}
