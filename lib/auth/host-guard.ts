/**
 * Decides whether a request may be answered at all, before anybody looks at who sent it.
 *
 * Host: a page whose name was rebound to 127.0.0.1 still sends its own name, so only known names are served.
 * Origin and Sec-Fetch-Site: pages of other sites, other ports of this machine included, may only link here.
 */
import type { Config } from '../config.ts'
import { HoldfastError } from '../errors.ts'

export type RequestHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>

/** Lower-case `host[:port]` values. */
export type AcceptedHosts = ReadonlySet<string>

/** Set by the HTTP server from the socket, over anything the client sent under this name. */
export const REMOTE_ADDRESS_HEADER = 'x-holdfast-remote-address'

export function acceptedHosts(config: Pick<Config, 'host' | 'port' | 'publicUrl'>): AcceptedHosts {
  const own = config.host.includes(':') && !config.host.startsWith('[') ? `[${config.host}]` : config.host
  const hosts = new Set<string>()
  for (const name of [own, 'localhost', '127.0.0.1', '[::1]']) {
    hosts.add(`${name}:${config.port}`.toLowerCase())
    // Browsers leave the default port out.
    if (config.port === 80) hosts.add(name.toLowerCase())
  }
  const publicHost = config.publicUrl === null ? null : URL.parse(config.publicUrl)?.host
  if (publicHost) hosts.add(publicHost.toLowerCase())
  return hosts
}

/** Null when the request may go on; otherwise the error to answer it with. */
export function checkHostAndOrigin(
  headers: RequestHeaders,
  method: string,
  accepted: AcceptedHosts,
): HoldfastError | null {
  const host = headerOf(headers, 'host')
  if (host === null || !accepted.has(host.toLowerCase())) return new HoldfastError('host_refused')
  const origin = headerOf(headers, 'origin')
  if (origin !== null && !isAcceptedOrigin(origin, accepted)) return new HoldfastError('origin_refused')
  return isForeignFetch(headers, method) ? new HoldfastError('origin_refused') : null
}

/** Next answers an address of the API that it cannot decode with a page of its own: such a one is refused before. */
export function checkAddress(url: string): HoldfastError | null {
  if (!url.startsWith('/api')) return null
  try {
    decodeURIComponent(url.split('?')[0] ?? '')
    return null
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return new HoldfastError('bad_request', { path: 'path', issue: 'encoding' })
  }
}

function isAcceptedOrigin(origin: string, accepted: AcceptedHosts): boolean {
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) && accepted.has(url.host.toLowerCase())
}

/** Another site may lead a person here by a link, and nothing else. */
function isForeignFetch(headers: RequestHeaders, method: string): boolean {
  const site = headerOf(headers, 'sec-fetch-site')
  if (site === null || site === 'same-origin' || site === 'none') return false
  const isLink = method === 'GET' && headerOf(headers, 'sec-fetch-mode') === 'navigate'
  return !isLink
}

export function headerOf(headers: RequestHeaders, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name)
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** True when the request came through the public address and that address is https: cookies are then `Secure`. */
export function isHttps(headers: RequestHeaders, config: Pick<Config, 'publicUrl'>): boolean {
  const url = config.publicUrl === null ? null : URL.parse(config.publicUrl)
  return url?.protocol === 'https:' && headerOf(headers, 'host')?.toLowerCase() === url.host.toLowerCase()
}
