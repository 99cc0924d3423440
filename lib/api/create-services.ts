import { createAuditLog } from '../audit/audit-log.ts'
import { createAuthStore } from '../auth/auth-store.ts'
import { createAuthenticator } from '../auth/authenticator.ts'
import type { Database } from '../db.ts'
import type { ApiServices } from './services.ts'

/** What the rest of the console brings along; access and audit are added here. */
export interface ServiceParts extends Omit<ApiServices, 'authenticator' | 'audit'> {
  database: Database
  /** See `auth/secret-key.ts`. */
  secret: string
}

export function createServices({ database, secret, ...parts }: ServiceParts): ApiServices {
  const authenticator = createAuthenticator(parts.config, secret, createAuthStore(database), parts.now)
  return { ...parts, authenticator, audit: createAuditLog(database) }
}
