import { SECOND_MS } from '../../units.ts'
import { defineRoute, type RequestContext } from '../route-declaration.ts'
import { live, type ReadyAnswer, ready } from '../schemas/health.ts'
import type { ApiServices, Readiness } from '../services.ts'

const READY_DEADLINE_MS = 2 * SECOND_MS
const NOTHING_READY: Readiness = { database: false, collector: false }

export const liveRoute = defineRoute({
  method: 'GET',
  path: '/api/health/live',
  summary: 'Whether the process answers',
  permission: 'public',
  answer: live,
  handler: () => ({ status: 'ok' as const }),
})

export const readyRoute = defineRoute({
  method: 'GET',
  path: '/api/health/ready',
  summary: 'Whether the database and, where this process has one, the collector work; 503 when not',
  permission: 'public',
  answer: ready,
  errors: ['not_ready'],
  handler: (_input, context) => readReadiness(context),
})

async function readReadiness(context: RequestContext): Promise<ReadyAnswer> {
  const readiness = await withinDeadline(context.services)
  const isReady = readiness.database && readiness.collector !== false
  if (!isReady) context.replyStatus = 503
  return { status: isReady ? 'ok' : 'unavailable', ...readiness }
}

/** A probe must be answered also when the database hangs. */
async function withinDeadline(services: ApiServices): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Readiness>((done) => {
    timer = setTimeout(() => done(NOTHING_READY), READY_DEADLINE_MS)
  })
  const asked = services.readiness().catch((err: unknown) => {
    services.log.warn({ err }, 'readiness could not be found out')
    return NOTHING_READY
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}
