'use client'

import { parseAsString, useQueryStates } from 'nuqs'
import type { AuditView } from '../../lib/client/audit-view.ts'

const text = parseAsString.withDefault('')
const PARSERS = { actor: text, action: text, target: text, outcome: text, fromTime: text, toTime: text }

export function useAuditView(): [AuditView, (next: Partial<AuditView>) => void] {
  const [view, setView] = useQueryStates(PARSERS)
  return [view, (next) => void setView(next)]
}
