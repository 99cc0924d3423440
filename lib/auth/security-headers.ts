/** Headers of every answer, pages and files included. */
import { randomBytes } from 'node:crypto'

const NONCE_BYTES = 16

export function createNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64')
}

/**
 * Next puts the nonce of the request's Content-Security-Policy header on its own scripts, so the server sets
 * that header on the request too. Inline styles stay allowed: charts and virtual lists position by them, and a
 * style cannot run code. The development server needs `eval` for its source maps.
 */
function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export function securityHeaders(nonce: string, isDevelopment: boolean): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(nonce, isDevelopment),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  }
}
