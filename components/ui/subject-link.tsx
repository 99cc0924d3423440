import Link from 'next/link'
import type { ReactElement } from 'react'
import type { Reason } from '../../lib/client/reason-views.ts'
import { brokerHref, clusterHref, groupHref, topicHref } from '../shell/places.ts'

/** The page of what a reason is about. */
function subjectHref(clusterId: string, subject: Reason['subject']): string {
  switch (subject.type) {
    case 'topic':
      return topicHref(clusterId, subject.name)
    case 'group':
      return groupHref(clusterId, subject.name)
    case 'broker':
      return brokerHref(clusterId, subject.name)
    default:
      return clusterHref(clusterId)
  }
}

export function SubjectLink({
  clusterId,
  subject,
  children,
}: {
  clusterId: string
  subject: Reason['subject']
  children: string
}): ReactElement {
  return (
    <Link href={subjectHref(clusterId, subject)} className="hover:underline">
      {children}
    </Link>
  )
}
