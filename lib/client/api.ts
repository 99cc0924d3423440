/** The one way from the browser to the API: CSRF header, deadline, and problems as typed errors. */
import type { Problem } from '../api/schemas/common.ts'
import { SECOND_MS } from '../units.ts'

const DEADLINE_MS = 20 * SECOND_MS

/** Why there is no answer: the server's own problem code, or one of ours when it could not be asked. */
export type ClientErrorCode = 'network_unreachable' | 'deadline_passed' | 'bad_answer'

export class ApiError extends Error {
  /** A problem's code (see `lib/errors.ts`) or a `ClientErrorCode`. */
  readonly code: string
  /** 0 when no answer came. */
  readonly status: number
  /** What the server said; null when it did not answer with a problem. */
  readonly problem: Problem | null

  constructor(code: string, status: number, problem: Problem | null, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.problem = problem
  }

  /** Whether asking again may help without anyone changing anything. */
  get isRetriable(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

export type QueryValue = string | number | boolean | null | undefined

/** A path with its query; parts that are null, undefined or empty are left out. */
export function apiPath(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'status' in value && 'title' in value
}

/** Reads an answer of the API: its body when it is good, else the problem as an error. */
export async function readAnswer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  let body: unknown
  try {
    body = await response.json()
  } catch (cause) {
    throw new ApiError('bad_answer', response.status, null, cause)
  }
  if (response.ok) return body as T
  if (isProblem(body)) throw new ApiError(body.code, response.status, body)
  throw new ApiError('bad_answer', response.status, null)
}

const CSRF_COOKIE = 'holdfast_csrf'

function csrfToken(): string | null {
  const pair = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${CSRF_COOKIE}=`))
  return pair === undefined ? null : decodeURIComponent(pair.slice(CSRF_COOKIE.length + 1))
}

async function send<T>(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  try {
    const response = await fetch(path, {
      credentials: 'same-origin',
      cache: 'no-store',
      ...init,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    })
    return await readAnswer<T>(response)
  } catch (cause) {
    if (cause instanceof ApiError || signal?.aborted) throw cause
    throw new ApiError(deadline.aborted ? 'deadline_passed' : 'network_unreachable', 0, null, cause)
  }
}

export function apiGet<T>(path: string, signal?: AbortSignal): Promise<T> {
  return send<T>(path, { method: 'GET', headers: { accept: 'application/json' } }, signal)
}

export function apiSend<T>(method: 'POST' | 'DELETE' | 'PATCH' | 'PUT', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  const token = csrfToken()
  if (token !== null) headers['x-csrf-token'] = token
  if (body === undefined) return send<T>(path, { method, headers }, undefined)
  headers['content-type'] = 'application/json'
  return send<T>(path, { method, headers, body: JSON.stringify(body) }, undefined)
}
