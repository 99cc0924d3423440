/** Makes reports: those that are due, and one that a person asks for. */
import { composeReport } from './compose-report.ts'
import { gatherFacts, type Range, type ReportSources } from './gather-facts.ts'
import { duePeriods, type Period, type PeriodSettings } from './periods.ts'
import type { ReportHead } from './report.ts'
import type { ReportStore } from './report-store.ts'

export interface ReportMaker {
  store: ReportStore
  sources: ReportSources
  now(): number
}

/** Of what the console does by itself. */
const ACTOR = 'holdfast'

/** Cheap: asked every few seconds by whoever starts the worker. */
export async function periodsDue(store: ReportStore, settings: PeriodSettings, nowMs: number): Promise<Period[]> {
  if (settings.schedule === 'off') return []
  const newest = await store.newestScheduled()
  return duePeriods(settings, newest, newest === null ? await store.watchedSinceMs() : null, nowMs)
}

/** Killed at any moment, it has made a report or none; whoever comes next goes on from there. */
export async function makeDueReports(
  { store, sources, now }: ReportMaker,
  settings: PeriodSettings,
  signal: AbortSignal,
): Promise<void> {
  for (const period of await periodsDue(store, settings, now())) {
    if (signal.aborted) return
    const madeAtMs = now()
    const report = composeReport(await gatherFacts(sources, period, { madeAtMs, isScheduled: true }))
    const { fromMs, toMs } = period
    await store.add({ period, fromMs, toMs, madeAtMs, madeBy: ACTOR, ...report })
  }
}

export async function makeReport(
  { store, sources, now }: ReportMaker,
  { fromMs, toMs }: Range,
  madeBy: string,
): Promise<ReportHead> {
  const madeAtMs = now()
  const report = composeReport(await gatherFacts(sources, { fromMs, toMs }, { madeAtMs, isScheduled: false }))
  const head = await store.add({ period: null, fromMs, toMs, madeAtMs, madeBy, ...report })
  if (head === null) throw new Error('a report without a period has none that it could meet')
  return head
}
