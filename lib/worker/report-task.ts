/** The worker's share in reports: those that are due are made, also those that were missed. */
import type { ReportSettings } from '../config/reports.ts'
import { makeDueReports, type ReportMaker } from '../reports/make-report.ts'
import { SECOND_MS } from '../units.ts'
import type { WorkerTask } from './worker.ts'

const LOOK_MS = 15 * SECOND_MS

export function reportTask(maker: ReportMaker, settings: ReportSettings): WorkerTask {
  return {
    name: 'reports',
    restMs: LOOK_MS,
    async step(signal) {
      await makeDueReports(maker, settings, signal)
      return false
    },
  }
}
