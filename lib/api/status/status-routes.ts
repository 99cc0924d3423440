import type { StoreTrouble } from '../../collector/store-watch.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { defineRoute } from '../route-declaration.ts'
import { type StatusAnswer, type StoreTroubleAnswer, status } from '../schemas/status.ts'
import { toIso } from '../serialize.ts'
import type { CollectorStatus } from '../services.ts'

/** What keeps the console from knowing the present. It is told while the database hangs, too: nothing is read there. */
export const readStatusRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/status',
  summary: 'Whether the collector runs, and whether what it polls is stored; answers without the database',
  permission: 'api:read',
  needsNoDatabase: true,
  answer: status,
  handler: (_input, { services, locale }) => toStatusAnswer(services.collectorStatus(), locale),
})

function toStatusAnswer(collector: CollectorStatus | null, locale: Locale): StatusAnswer {
  if (collector === null) return { collector: null }
  const { stopped, storeTrouble } = collector
  return {
    collector: {
      stopped: stopped && { since: toIso(stopped.sinceMs), restartsAt: toIso(stopped.restartsAtMs) },
      storeTrouble: storeTrouble && toTroubleAnswer(storeTrouble, locale),
    },
  }
}

function toTroubleAnswer({ code, sinceMs, ...numbers }: StoreTrouble, locale: Locale): StoreTroubleAnswer {
  const words = (part: string): string => translate(locale, 'errors', `${code}.${part}`)
  return { code, title: words('title'), detail: words('detail'), fix: words('fix'), since: toIso(sinceMs), ...numbers }
}
