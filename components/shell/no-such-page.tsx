'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { EmptyState } from '../ui/states.tsx'

export function NoSuchPage(): ReactElement {
  const t = useTranslations('shell.notFound')
  return (
    <>
      <PageHeader title={t('title')} />
      <div className="panel">
        <EmptyState
          title={t('title')}
          text={t('text')}
          action={
            <Button asChild>
              <Link href="/">{t('back')}</Link>
            </Button>
          }
        />
      </div>
    </>
  )
}
