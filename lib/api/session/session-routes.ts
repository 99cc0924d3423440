import { type Principal, SESSION_MS } from '../../auth/authenticator.ts'
import { CSRF_COOKIE, formatCookie, SESSION_COOKIE } from '../../auth/cookies.ts'
import { isHttps } from '../../auth/host-guard.ts'
import { permissionsOf } from '../../auth/permissions.ts'
import { HoldfastError } from '../../errors.ts'
import { SECOND_MS } from '../../units.ts'
import { defineRoute, type RequestContext } from '../route-declaration.ts'
import { type PersonAnswer, person, session, signIn } from '../schemas/session.ts'
import { toIso } from '../serialize.ts'

/** Another site cannot sign a browser in: its Origin is refused, and a form cannot send JSON. */
export const signInRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/session',
  summary: 'Turn a token into a session cookie',
  permission: 'public',
  body: signIn,
  answer: session,
  auditAction: 'session.create',
  errors: ['unauthenticated', 'too_many_attempts'],
  handler: async ({ body }, context) => {
    const { services, headers } = context
    const signedIn = await services.authenticator.signIn(body.token, headers)
    context.audit.actor = signedIn.principal.actor
    setCookies(context, signedIn.sessionId, signedIn.csrfToken, SESSION_MS / SECOND_MS)
    const { expiresAtMs, csrfToken } = signedIn
    return { ...toPerson(signedIn.principal), expiresAt: toIso(expiresAtMs), csrfToken }
  },
})

/** Pages offer what the person may do: who may only approve sees no button to start. */
export const whoRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/session',
  summary: 'Who asks, in which role, and of which topics',
  permission: 'api:read',
  answer: person,
  errors: ['unauthenticated'],
  handler: (_input, { principal }) => {
    if (principal === null) throw new HoldfastError('unauthenticated')
    return toPerson(principal)
  },
})

export const signOutRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'End the session of the cookie',
  permission: 'session:delete',
  answer: null,
  status: 204,
  auditAction: 'session.delete',
  handler: async (_input, context) => {
    await context.services.authenticator.signOut(context.headers)
    setCookies(context, '', '', 0)
  },
})

function toPerson({ actor, role, scope }: Principal): PersonAnswer {
  const { clusters, topics, payloads } = scope
  return {
    actor,
    role,
    permissions: permissionsOf(role),
    scope: { clusters: [...clusters], topics: [...topics], payloads },
  }
}

function setCookies(context: RequestContext, sessionId: string, csrfToken: string, maxAgeSeconds: number): void {
  const isSecure = isHttps(context.headers, context.services.config)
  const add = (name: string, value: string, isHttpOnly: boolean): void =>
    context.replyHeaders.append('set-cookie', formatCookie(name, value, { maxAgeSeconds, isSecure, isHttpOnly }))
  add(SESSION_COOKIE, sessionId, true)
  add(CSRF_COOKIE, csrfToken, false)
}
