'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { PageHeader } from '../../components/ui/page-header.tsx'
import { ErrorState } from '../../components/ui/states.tsx'

/** Something in a page failed while it was shown; the rail and the other pages go on. */
export default function ConsoleFailed({ error, reset }: { error: Error; reset: () => void }): ReactElement {
  const t = useTranslations('shell.failed')
  return (
    <>
      <PageHeader title={t('title')} />
      <div className="panel">
        <ErrorState error={error} onRetry={reset} />
      </div>
    </>
  )
}
