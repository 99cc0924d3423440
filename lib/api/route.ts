/**
 * The one way into the API. Every request passes host and origin check, authentication, permission, CSRF
 * check, parsing and what it needs of its topics, in this order, before a handler sees it; what it changed or tried to
 * change is audited.
 */
import { createHash } from 'node:crypto'
import type { AuditOutcome } from '../audit/audit-log.ts'
import { addressOf, type Principal } from '../auth/authenticator.ts'
import { readCookie } from '../auth/cookies.ts'
import { acceptedHosts, checkHostAndOrigin } from '../auth/host-guard.ts'
import { isAllowed, isOfTopics } from '../auth/permissions.ts'
import { LOCALE_COOKIE } from '../client/preferences.ts'
import { HoldfastError } from '../errors.ts'
import { chooseLocale, type Locale } from '../i18n/locale.ts'
import { isInScope, type Scope } from '../scope.ts'
import { asKnownError, problemResponse, STATUS_OF } from './problem.ts'
import { readInput } from './request-input.ts'
import {
  defineRoute,
  METHODS,
  type Method,
  type RequestContext,
  type Route,
  type RouteInput,
} from './route-declaration.ts'
import { type ApiServices, currentServices } from './services.ts'

export type RouteHandler = ((request: Request) => Promise<Response>) & { readonly route: Route }

/** The handlers of one route file. Methods that are not declared answer with a problem too. */
export function handle(...routes: Route[]): Record<Method, RouteHandler> {
  const allow = routes.map((route) => route.method).join(', ')
  const entries = METHODS.map((method) => {
    const route =
      routes.find((declared) => declared.method === method) ?? refuseMethod(method, routes[0]?.path ?? '', allow)
    return [method, toHandler(route)] as const
  })
  return Object.fromEntries(entries) as Record<Method, RouteHandler>
}

function refuseMethod(method: Method, path: string, allow: string): Route {
  return defineRoute({
    method,
    path,
    summary: '',
    permission: 'api:read',
    answer: null,
    handler: () => {
      throw new HoldfastError('method_not_allowed', { allow })
    },
  })
}

function toHandler(route: Route): RouteHandler {
  return Object.assign((request: Request) => answer(route, request), { route })
}

async function answer(route: Route, request: Request): Promise<Response> {
  const replyHeaders = new Headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  const locale = chooseLocale(
    readCookie(request.headers.get('cookie'), LOCALE_COOKIE),
    request.headers.get('accept-language'),
  )
  let services: ApiServices | null = null
  try {
    services = currentServices()
    return await answerWith(services, route, request, locale, replyHeaders)
  } catch (error) {
    return problemResponse(asKnownError(error, services?.log ?? null), locale, replyHeaders)
  }
}

async function answerWith(
  services: ApiServices,
  route: Route,
  request: Request,
  locale: Locale,
  replyHeaders: Headers,
): Promise<Response> {
  const refusal = checkHostAndOrigin(request.headers, request.method, acceptedHosts(services.config))
  if (refusal !== null) throw refusal
  // Health must answer also when the database, which knows the sessions, does not.
  const principal = isPublic(route, services) ? null : await whoAsks(route, request, services)
  const context: RequestContext = {
    services,
    principal,
    scope: shownScope(route, principal),
    locale,
    headers: request.headers,
    replyHeaders,
    replyStatus: null,
    audit: {
      ...{ action: route.auditAction ?? null, actor: principal?.actor ?? 'anonymous' },
      ...{ target: new URL(request.url).pathname, detail: null },
    },
  }
  try {
    authorize(route, principal, request, services)
    const input = await readInput(route, request, locale)
    await checkNeeds(route, input, context)
    const result = await route.handler(input, context)
    const response = route.isStream
      ? await toStream(route, result, context)
      : toResponse(route, result, request, context)
    await audit(route, context, response.status, 'ok')
    return response
  } catch (error) {
    const known = asKnownError(error, services.log)
    const status = STATUS_OF[known.code]
    await audit(route, context, status, status < 500 ? 'refused' : 'failed')
    return problemResponse(known, locale, replyHeaders)
  }
}

async function whoAsks(route: Route, { headers }: Request, { authenticator }: ApiServices): Promise<Principal | null> {
  const known = route.needsNoDatabase === true ? authenticator.recall(headers) : null
  return known ?? authenticator.authenticate(headers)
}

function isPublic(route: Route, services: ApiServices): boolean {
  return route.permission === 'public' || route.isPublic?.(services.config) === true
}

function authorize(route: Route, principal: Principal | null, request: Request, services: ApiServices): void {
  if (route.permission === 'public' || isPublic(route, services)) return
  if (principal === null) throw new HoldfastError('unauthenticated')
  if (!isAllowed(principal.role, route.permission)) {
    throw new HoldfastError('forbidden', { permission: route.permission })
  }
  if (principal.via === 'session' && route.method !== 'GET') services.authenticator.checkCsrf(request.headers)
}

/** A route that does not say that it shows payloads gets none to show, whoever asks. */
function shownScope({ showsPayloads }: Route, principal: Principal | null): Scope {
  const { scope } = principal ?? NOBODY
  return { ...scope, payloads: scope.payloads && showsPayloads === true }
}

const NOBODY: Pick<Principal, 'scope'> = { scope: { clusters: [], topics: [], payloads: false } }

async function checkNeeds(
  { permission, needs, path }: Route,
  input: RouteInput<unknown, unknown, unknown>,
  { principal, services, audit }: RequestContext,
): Promise<void> {
  // Refused to everybody, rather than done for somebody who may not.
  if (needs === undefined && permission !== 'public' && isOfTopics(permission)) {
    throw new HoldfastError('internal', { needsOf: path })
  }
  const { scope } = principal ?? NOBODY
  for (const { right, ...place } of (await needs?.(input, services)) ?? []) {
    const isRefused = !isInScope(scope, place) || (right === 'payloads' && !scope.payloads)
    if (!isRefused) continue
    audit.detail = { ...place }
    throw new HoldfastError(isInScope(scope, place) ? 'payloads_not_allowed' : 'topic_not_allowed', { ...place })
  }
}

function toResponse(route: Route, result: unknown, request: Request, context: RequestContext): Response {
  const status = context.replyStatus ?? route.status ?? 200
  const headers = context.replyHeaders
  if (route.answer === null) return new Response(null, { status, headers })
  const isText = route.contentType !== undefined
  const text = isText ? String(result) : JSON.stringify(result)
  if (!headers.has('content-type')) headers.set('content-type', route.contentType ?? 'application/json')
  if (route.method === 'GET') {
    const etag = `"${createHash('sha1').update(text).digest('base64url')}"`
    headers.set('etag', etag)
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  }
  return new Response(text, { status, headers })
}

/** The first piece is waited for: until it is there a failure still has a status. */
async function toStream(route: Route, result: unknown, context: RequestContext): Promise<Response> {
  const pieces = (result as AsyncIterable<string>)[Symbol.asyncIterator]()
  let next: IteratorResult<string> | null = await pieces.next()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = next ?? (await pieces.next())
          next = null
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        } catch (err) {
          context.services.log.error({ err, path: route.path }, 'an answer broke off')
          controller.error(err)
        }
      },
      async cancel() {
        await pieces.return?.()
      },
    },
    // One piece is made ahead, and no more while the client does not take it.
    { highWaterMark: 1 },
  )
  const headers = context.replyHeaders
  headers.set('content-type', route.contentType ?? 'application/octet-stream')
  return new Response(body, { status: context.replyStatus ?? route.status ?? 200, headers })
}

/** A change that could not be written down is told in the log; it has happened, so the answer stays true. */
async function audit(route: Route, context: RequestContext, status: number, outcome: AuditOutcome): Promise<void> {
  const { services, principal, headers } = context
  const { action } = context.audit
  if (action === null) return
  // Strangers could fill the table: only their sign-ins are kept, and those are limited.
  if (principal === null && (route.permission !== 'public' || status === STATUS_OF.too_many_attempts)) return
  try {
    await services.audit.record({
      ...context.audit,
      atMs: services.now(),
      action,
      outcome,
      httpStatus: status,
      remoteAddress: addressOf(headers),
    })
  } catch (err) {
    services.log.error({ err, action, actor: context.audit.actor, outcome }, 'audit entry not written')
  }
}
