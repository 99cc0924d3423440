'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { ALERT_PLACES, PLACE_HREF } from '../shell/places.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { TabLinks } from '../ui/tabs.tsx'

interface AlertsFrameProps {
  part: (typeof ALERT_PLACES)[number]
  /** At the right of the title. */
  beside?: ReactNode
  children: ReactNode
}

/** The head that the pages about telling people share: who is told, and what they were told. */
export function AlertsFrame({ part, beside, children }: AlertsFrameProps): ReactElement {
  const t = useTranslations('receivers')
  const tabs = ALERT_PLACES.map((id) => ({ id, label: t(`parts.${id}`), href: PLACE_HREF[id], count: null }))
  return (
    <>
      <PageHeader title={t(`parts.${part}`)}>{beside}</PageHeader>
      <TabLinks tabs={tabs} current={part} label={t('partsLabel')} />
      <p className="mb-4 max-w-prose text-ink2">{t(`intro.${part}`)}</p>
      {children}
    </>
  )
}
