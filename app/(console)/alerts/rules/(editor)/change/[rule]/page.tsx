import type { ReactElement } from 'react'
import { RuleEditorPage } from '../../../../../../../components/alert-rules/rule-editor-page.tsx'
import { alertRulesQuery } from '../../../../../../../lib/client/queries/alerts.ts'
import { metricsQuery } from '../../../../../../../lib/client/queries/metrics.ts'
import { type PageInput, pathPart } from '../../../../../page-input.ts'
import { Prefetched } from '../../../../../prefetched.tsx'

export default async function Page({ params }: PageInput<'rule'>): Promise<ReactElement> {
  const code = pathPart((await params).rule)
  return (
    <Prefetched queries={[metricsQuery(), alertRulesQuery()]}>
      <RuleEditorPage code={code} />
    </Prefetched>
  )
}
