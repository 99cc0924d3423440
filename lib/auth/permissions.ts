/** What a route may ask for, and which role has it. Routes name permissions, never roles. */
export const PERMISSIONS = [
  'clusters:read',
  'clusters:write',
  'clusters:test',
  'brokers:read',
  'brokers:retire',
  'topics:read',
  'topics:hold',
  'topics:repair',
  'groups:read',
  'groups:repair',
  'findings:read',
  'findings:mute',
  'receivers:read',
  'receivers:write',
  'receivers:test',
  'losses:read',
  'losses:acknowledge',
  'alerts:read',
  'alerts:write',
  'messages:read',
  'messages:produce',
  'deadLetters:read',
  'deadLetters:write',
  'deadLetters:purge',
  'replays:read',
  'replays:write',
  'replays:approve',
  'reports:read',
  'reports:write',
  'series:read',
  'metrics:read',
  'audit:read',
  'session:delete',
  'api:read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

export const ROLES = ['admin', 'approver'] as const
export type Role = (typeof ROLES)[number]

/** A second person reads everything, approves replays, and changes nothing else but their own session. */
const APPROVER: readonly Permission[] = [
  'clusters:read',
  'brokers:read',
  'topics:read',
  'groups:read',
  'findings:read',
  'receivers:read',
  'losses:read',
  'alerts:read',
  'messages:read',
  'deadLetters:read',
  'replays:read',
  'replays:approve',
  'reports:read',
  'series:read',
  'metrics:read',
  'audit:read',
  'session:delete',
  'api:read',
]

const ALLOWED: Record<Role, ReadonlySet<Permission>> = {
  admin: new Set(PERMISSIONS),
  approver: new Set(APPROVER),
}

export function isAllowed(role: Role, permission: Permission): boolean {
  return ALLOWED[role].has(permission)
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}
