'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type VerdictCount, worstVerdict } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'

const PRODUCT = 'Holdfast'

/** The worst state among all clusters and how many are in it; null when there are none or it is not known yet. */
export function useWorstVerdict(): VerdictCount | null {
  const { data } = useQuery(clustersQuery())
  return worstVerdict(data?.items ?? [])
}

/** '2 losing · Holdfast': the state comes first, since tabs are narrow; a safe one says nothing. */
export function useWindowTitle(page: readonly string[]): string {
  const t = useTranslations('states')
  const worst = useWorstVerdict()
  const state = worst === null || worst.level === 'safe' ? [] : [t(`title.${worst.level}`, { count: worst.count })]
  return [...state, ...page, PRODUCT].join(' · ')
}
