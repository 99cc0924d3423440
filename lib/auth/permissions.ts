import { ROLES, type Role } from '../config/tokens.ts'

export { ROLES, type Role }

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
  'alerts:acknowledge',
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

/** What changes a topic, its dead letters or what becomes of them: whoever has it still needs the topic in their scope. */
const OF_TOPICS: ReadonlySet<Permission> = new Set([
  'topics:hold',
  'topics:repair',
  'messages:produce',
  'deadLetters:write',
  'deadLetters:purge',
  'replays:write',
  'replays:approve',
])

export function isOfTopics(permission: Permission): boolean {
  return OF_TOPICS.has(permission)
}

/** Reads everything, and changes nothing but their own session. */
const VIEWER: readonly Permission[] = [
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
  'reports:read',
  'series:read',
  'metrics:read',
  'audit:read',
  'session:delete',
  'api:read',
]

/** On call: gets messages back, and destroys nothing and configures nothing. */
const OPERATOR: readonly Permission[] = [
  ...VIEWER,
  'topics:hold',
  'losses:acknowledge',
  'alerts:acknowledge',
  'messages:produce',
  'deadLetters:write',
  'replays:write',
]

const ALLOWED: Record<Role, ReadonlySet<Permission>> = {
  admin: new Set(PERMISSIONS),
  /** A second person: approves replays, and makes none. */
  approver: new Set([...VIEWER, 'replays:approve']),
  operator: new Set(OPERATOR),
  viewer: new Set(VIEWER),
}

export function isAllowed(role: Role, permission: Permission): boolean {
  return ALLOWED[role].has(permission)
}

export function permissionsOf(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => isAllowed(role, permission))
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}
