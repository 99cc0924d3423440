'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { PageHeader } from '../ui/page-header.tsx'
import { EmptyPanel } from './empty-panel.tsx'

export function NoSuchPage(): ReactElement {
  const t = useTranslations('shell.notFound')
  return (
    <>
      <PageHeader title={t('title')} />
      <EmptyPanel title={t('title')} text={t('text')} href="/" action={t('back')} />
    </>
  )
}
