import type { ReactElement } from 'react'
import { ReportPage } from '../../../../components/reports/report-page.tsx'
import { reportQuery } from '../../../../lib/client/queries/reports.ts'
import { type PageInput, pathPart } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ params }: PageInput<'report'>): Promise<ReactElement> {
  const id = pathPart((await params).report)
  return (
    <Prefetched queries={[reportQuery(id)]}>
      <ReportPage id={id} />
    </Prefetched>
  )
}
