/** The parts of a request, parsed: path, query and a bounded body. */
import type { z } from 'zod'
import { en, zhCN } from 'zod/locales'
import { issueText } from '../config/issue-text.ts'
import { HoldfastError } from '../errors.ts'
import type { Locale } from '../i18n/locale.ts'
import { InputError, type InputFault } from './problem.ts'
import type { Route, RouteInput } from './route-declaration.ts'

export const MAX_BODY_BYTES = 64 * 1024

const LOCALE_ERRORS = { en: en().localeError, zh: zhCN().localeError } as const

/** @throws InputError, HoldfastError `payload_too_large` */
export async function readInput(
  route: Route,
  request: Request,
  locale: Locale,
): Promise<RouteInput<unknown, unknown, unknown>> {
  const url = new URL(request.url)
  const faults: InputFault[] = []
  const parse = (schema: z.ZodType | undefined, value: unknown, prefix: string): unknown => {
    if (schema === undefined) return undefined
    const parsed = schema.safeParse(value, { error: LOCALE_ERRORS[locale] })
    if (parsed.success) return parsed.data
    faults.push(...parsed.error.issues.map((issue) => toInputFault(issue, prefix, locale)))
    return undefined
  }
  const params = parse(route.params, readParams(route.path, url.pathname), 'path')
  const query = parse(route.query, Object.fromEntries(url.searchParams), 'query')
  const body =
    route.body === undefined
      ? undefined
      : parse(route.body, await readJson(request, route.maxBodyBytes ?? MAX_BODY_BYTES), 'body')
  if (faults.length > 0) throw new InputError(faults)
  return { params, query, body }
}

function toInputFault(issue: z.core.$ZodIssue, prefix: string, locale: Locale): InputFault {
  return { path: [prefix, ...issue.path].map(String).join('.'), message: issueText(issue.message, locale) }
}

/** From the address itself and decoded once, so that `%25DLQ%25billing` means `%DLQ%billing` whoever calls. */
function readParams(template: string, pathname: string): Record<string, string> {
  const parts = pathname.split('/')
  const params: Record<string, string> = {}
  template.split('/').forEach((name, index) => {
    if (name.startsWith('{')) params[name.slice(1, -1)] = decodePart(parts[index] ?? '')
  })
  return params
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    if (cause instanceof URIError) throw new HoldfastError('bad_request', { path: 'path', issue: 'encoding' })
    throw cause
  }
}

async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new HoldfastError('bad_request', { path: 'body', issue: 'jsonExpected' })
  }
  const text = await readBounded(request, maxBytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    // The parser's own message quotes the body, which may hold a credential: it is not passed on.
    if (cause instanceof SyntaxError) throw new HoldfastError('bad_request', { path: 'body', issue: 'jsonExpected' })
    throw cause
  }
}

async function readBounded(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = (): HoldfastError => new HoldfastError('payload_too_large', { maxBytes })
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
