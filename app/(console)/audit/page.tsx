import type { ReactElement } from 'react'
import { AuditPage } from '../../../components/audit/audit-page.tsx'
import { AUDIT_FIELDS, type AuditView } from '../../../lib/client/audit-view.ts'
import { auditQuery } from '../../../lib/client/queries/audit.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const asked = await searchParams
  const view = Object.fromEntries(AUDIT_FIELDS.map((name) => [name, queryText(asked[name])])) as AuditView
  return (
    <Prefetched queries={[auditQuery(view)]}>
      <AuditPage />
    </Prefetched>
  )
}
