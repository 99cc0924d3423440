'use client'

import { useTranslations } from 'next-intl'
import { useCallback } from 'react'
import type { StoredSeries } from './series-model.ts'

/** Names a partition by the labels of its series: a queue with its broker, since others have the same number. */
export function usePartitionName(): (labels: StoredSeries['labels']) => string {
  const t = useTranslations('charts')
  return useCallback(
    ({ partition = 0, broker }) =>
      broker ? t('queue', { broker, queue: String(partition) }) : t('partition', { partition: String(partition) }),
    [t],
  )
}
