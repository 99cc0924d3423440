export const SESSION_COOKIE = 'holdfast_session'
/** Readable by the page's own script, which sends it back as a header. */
export const CSRF_COOKIE = 'holdfast_csrf'
export const CSRF_HEADER = 'x-csrf-token'

export function readCookie(header: string | null, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=')
    if (key === name) return value.join('=')
  }
  return null
}

export interface CookieOptions {
  maxAgeSeconds: number
  isSecure: boolean
  isHttpOnly: boolean
}

export function formatCookie(name: string, value: string, options: CookieOptions): string {
  const parts = [`${name}=${value}`, 'Path=/', 'SameSite=Strict', `Max-Age=${options.maxAgeSeconds}`]
  if (options.isHttpOnly) parts.push('HttpOnly')
  if (options.isSecure) parts.push('Secure')
  return parts.join('; ')
}
