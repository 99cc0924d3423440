import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { EmptyState } from './states.tsx'

/** Instead of an empty list of a cluster that was never read: nothing seen is not the same as nothing there. */
export function NeverPolled(): ReactElement {
  const t = useTranslations('clusters.trouble')
  return <EmptyState title={t('unread')} text={t('unreadText')} />
}
