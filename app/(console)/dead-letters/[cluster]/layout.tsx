import type { ReactElement, ReactNode } from 'react'
import { ClusterWords } from '../../../../components/shell/system-words.tsx'
import { pathPart } from '../../page-input.ts'

interface LayoutInput {
  params: Promise<{ cluster: string }>
  children: ReactNode
}

export default async function DeadLettersLayout({ params, children }: LayoutInput): Promise<ReactElement> {
  return <ClusterWords clusterId={pathPart((await params).cluster)}>{children}</ClusterWords>
}
