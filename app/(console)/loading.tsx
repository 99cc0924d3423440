import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { PageHeader } from '../../components/ui/page-header.tsx'
import { Loading, SkeletonRows } from '../../components/ui/skeleton.tsx'

/** Between pages: the frame of a page, of the size that a page has. */
export default function ConsoleLoading(): ReactElement {
  const t = useTranslations('shell')
  return (
    <>
      <PageHeader title={t('loading')} />
      <Loading>
        <div className="panel">
          <SkeletonRows rows={12} rowClass="h-12" />
        </div>
      </Loading>
    </>
  )
}
