'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { noteworthyHoldsQuery } from '../../lib/client/queries/holds.ts'
import { activeMutesQuery } from '../../lib/client/queries/mutes.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { PLACE_HREF, RISK_PLACES } from '../shell/places.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { TabLinks } from '../ui/tabs.tsx'

type RiskPart = 'findings' | (typeof RISK_PLACES)[number]

interface RiskFrameProps {
  part: RiskPart
  title: string
  /** At the right of the title. */
  beside?: ReactNode
  children: ReactNode
}

/** The head that the pages about all clusters' risk share: what was found and looked at, what is muted, what is held. */
export function RiskFrame({ part, title, beside, children }: RiskFrameProps): ReactElement {
  const t = useTranslations('risk')
  const format = useFormat()
  const muted = useQuery(activeMutesQuery()).data?.total ?? 0
  const held = useQuery(noteworthyHoldsQuery()).data?.total ?? 0
  const counts: Record<RiskPart, number> = { findings: 0, checks: 0, mutes: muted, holds: held }
  const tabs = (['findings', ...RISK_PLACES] as const).map((id) => ({
    id,
    label: t(`parts.${id}`),
    href: PLACE_HREF[id === 'findings' ? 'risk' : id],
    count: counts[id] === 0 ? null : format.number(counts[id]),
  }))
  return (
    <>
      <PageHeader
        title={title}
        {...(part === 'findings' ? {} : { crumbs: [{ label: t('riskTitle'), href: PLACE_HREF.risk }] })}
      >
        {beside}
      </PageHeader>
      <TabLinks tabs={tabs} current={part} label={t('partsLabel')} />
      {children}
    </>
  )
}
