'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { LossAnswer } from '../../lib/api/schemas/losses.ts'
import { SubjectLink } from '../ui/subject-link.tsx'

/** Where it happened, and to whom. */
export function LossPlace({ loss }: { loss: LossAnswer }): ReactElement {
  const t = useTranslations('losses.place')
  const { clusterId, topic, partition, broker, group } = loss
  const where =
    partition === null ? null : broker === null ? t('partition', { partition }) : t('queue', { partition, broker })
  return (
    <span className="block min-w-0">
      {topic === null ? (
        <SubjectLink clusterId={clusterId} subject={{ type: 'broker', name: broker ?? '' }}>
          {broker ?? clusterId}
        </SubjectLink>
      ) : (
        <span className="block truncate leading-6" title={topic}>
          <SubjectLink clusterId={clusterId} subject={{ type: 'topic', name: topic }}>
            {topic}
          </SubjectLink>
          {where === null ? null : <span className="text-ink3 text-xs"> {where}</span>}
        </span>
      )}
      {group === null ? null : (
        <span className="block truncate text-ink2 text-xs leading-6" title={group}>
          {t('group')}{' '}
          <SubjectLink clusterId={clusterId} subject={{ type: 'group', name: group }}>
            {group}
          </SubjectLink>
        </span>
      )}
    </span>
  )
}
