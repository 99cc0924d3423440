/** What the page of the audit log asks for; it stands in the address, under the API's own names. */
export const AUDIT_FIELDS = ['actor', 'action', 'target', 'outcome', 'fromTime', 'toTime'] as const
/** Empty: everything. */
export type AuditView = Record<(typeof AUDIT_FIELDS)[number], string>

/** The first parts of actions, in the order of the pages they are done on. */
export const ACTION_KINDS = [
  ...(['replay', 'deadLetters', 'message', 'topic', 'retention', 'finding', 'loss', 'alert'] as const),
  ...(['receiver', 'delivery', 'report', 'cluster', 'broker', 'session', 'audit'] as const),
] as const

export function isFiltered(view: AuditView): boolean {
  return AUDIT_FIELDS.some((name) => view[name] !== '')
}

export const EVERYTHING = Object.fromEntries(AUDIT_FIELDS.map((name) => [name, ''])) as AuditView
