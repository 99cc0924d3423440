import { z } from 'zod'
import { REPORT_LANGUAGES } from '../../config/reports.ts'

const EXPORT_FORMATS = ['html', 'csv', 'json'] as const

export const exportQuery = z.object({
  format: z.enum(EXPORT_FORMATS),
  /** Left out: as `reports.language` of the configuration. */
  language: z.enum(REPORT_LANGUAGES).optional(),
})
export type ExportQuery = z.infer<typeof exportQuery>
