import type { ReactElement } from 'react'
import { RuleEditorPage } from '../../../../../../components/alert-rules/rule-editor-page.tsx'
import { metricsQuery } from '../../../../../../lib/client/queries/metrics.ts'
import { Prefetched } from '../../../../prefetched.tsx'

export default function Page(): ReactElement {
  return (
    <Prefetched queries={[metricsQuery()]}>
      <RuleEditorPage code={null} />
    </Prefetched>
  )
}
