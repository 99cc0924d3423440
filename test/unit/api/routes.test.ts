import { globSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../../lib/api/all-routes.ts'
import { openApiRoute, unknownPathRoutes } from '../../../lib/api/openapi/openapi-routes.ts'
import type { RouteHandler } from '../../../lib/api/route.ts'
import { METHODS } from '../../../lib/api/route-declaration.ts'
import { isAllowed, PERMISSIONS } from '../../../lib/auth/permissions.ts'

const APP = resolve(import.meta.dirname, '../../../app')
const FILES = globSync('**/route.{ts,tsx,js}', { cwd: APP }).sort()

/** The few answers that need no proof of who asks. */
const PUBLIC = ['GET /api/health/live', 'GET /api/health/ready', 'GET /api/openapi.json', 'POST /api/v1/session']

type RouteFile = Record<string, unknown>
const load = (file: string): Promise<RouteFile> => import(resolve(APP, file)) as Promise<RouteFile>

/** `api/v1/clusters/[cluster]/route.ts` answers `/api/v1/clusters/{cluster}`. */
function pathOf(file: string): string {
  return `/${dirname(file)}`.replaceAll(/\[([a-z]+)\]/gi, '{$1}').replace('/[[...path]]', '')
}

describe.each(FILES)('app/%s', (file) => {
  test('exports nothing but handlers of the wrapper, each with a permission', async () => {
    const { dynamic, ...handlers } = await load(file)
    expect(dynamic).toBe('force-dynamic')
    expect(Object.keys(handlers).sort()).toEqual([...METHODS].sort())
    for (const [method, handler] of Object.entries(handlers)) {
      const { route } = handler as RouteHandler
      expect(route.method).toBe(method)
      const name = `${method} ${route.path}`
      if (route.permission === 'public') expect(PUBLIC).toContain(name)
      else expect(PERMISSIONS).toContain(route.permission)
    }
  })

  test('stands where its declaration says', async () => {
    const handlers = Object.values(await load(file)).filter(
      (value): value is RouteHandler => typeof value === 'function',
    )
    const paths = handlers.map(({ route }) =>
      route.path.replace('{cluster}', file.includes('/test/') ? 'test' : '{cluster}'),
    )
    expect(new Set(paths)).toEqual(new Set([pathOf(file)]))
  })
})

test('every declared route has a file', async () => {
  const served = new Set<unknown>()
  for (const file of FILES)
    for (const handler of Object.values(await load(file))) served.add((handler as RouteHandler).route)
  for (const route of [...ALL_ROUTES, openApiRoute, ...unknownPathRoutes]) expect(served, route.path).toContain(route)
})

/** Some questions do not fit into an address and are asked by POST: their permission says that they only read. */
const isReading = (route: (typeof ALL_ROUTES)[number]): boolean =>
  route.method === 'GET' || route.permission.endsWith(':read')

test('everything that changes something is audited and kept from the approver', () => {
  for (const route of ALL_ROUTES.filter((route) => !isReading(route))) {
    expect(route.auditAction, route.path).toMatch(/^[a-z]+\.[a-z]+$/i)
    if (route.permission === 'public' || route.path === '/api/v1/session') continue
    expect(isAllowed('approver', route.permission), route.path).toBe(route.permission === 'replays:approve')
  }
})

test('a viewer changes nothing, and an operator neither destroys nor configures', () => {
  const allowedTo = (role: 'viewer' | 'operator'): string[] =>
    PERMISSIONS.filter((permission) => isAllowed(role, permission) && !permission.endsWith(':read'))
  expect(allowedTo('viewer')).toEqual(['session:delete'])
  expect(allowedTo('operator')).toEqual([
    ...['topics:hold', 'losses:acknowledge', 'alerts:acknowledge'],
    ...['messages:produce', 'deadLetters:write', 'replays:write', 'session:delete'],
  ])
})

test('a question with a body leaves no trace in the audit log, and whoever reads may ask it', () => {
  const questions = ALL_ROUTES.filter((route) => route.method !== 'GET' && isReading(route))
  expect(questions.map(({ path }) => path).sort()).toEqual([
    ...['/api/v1/alert-rules/preview', '/api/v1/dlqs/{cluster}/{topic}/preview', '/api/v1/lint'],
    '/api/v1/routes/explain',
  ])
  for (const route of questions) {
    expect(route.auditAction, route.path).toBeUndefined()
    expect(route.permission !== 'public' && isAllowed('approver', route.permission), route.path).toBe(true)
  }
})
