import { ALL_ROUTES } from '../../lib/api/all-routes.ts'
import { handle } from '../../lib/api/route.ts'
import type { Route } from '../../lib/api/route-declaration.ts'

function escapePattern(text: string): string {
  return text.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
}

/** `/api/v1/clusters/{cluster}` as a pattern: a parameter is one part of the path. */
function patternOf(route: Route): RegExp {
  return new RegExp(`^${escapePattern(route.path).replace(/\{[^}]+\}/g, '[^/]+')}$`)
}

const READS = ALL_ROUTES.filter((route) => route.method === 'GET').map((route) => ({
  pattern: patternOf(route),
  get: handle(route).GET,
}))

/** Answers a read inside the server, through the same wrapper and with the same checks as over HTTP; null: no such route. */
export async function answerOnServer(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url)
  const read = READS.find(({ pattern }) => pattern.test(pathname))
  return read === undefined ? null : read.get(request)
}
