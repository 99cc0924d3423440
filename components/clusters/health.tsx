'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { shownLevel } from '../../lib/client/cluster-views.ts'
import { namesOf, type Reason, reasonState } from '../../lib/client/reason-views.ts'
import { DURABILITY_STATE, STATE_GROUND, STATE_TEXT } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'
import { Emphasis } from '../ui/emphasis.tsx'
import { RangeSelect } from '../ui/range-select.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { Since, Unknown } from '../ui/values.tsx'
import { ClusterFrame } from './cluster-frame.tsx'
import { FactTable } from './fact-table.tsx'
import { HealthCharts } from './health-charts.tsx'
import { NameServersPanel } from './name-servers-panel.tsx'
import { QuorumPanel } from './quorum-panel.tsx'

/** One cluster's health: the verdict with all its reasons, and what it rests on. */
export function ClusterHealth({ clusterId }: { clusterId: string }): ReactElement {
  return (
    <ClusterFrame clusterId={clusterId} part="health" controls={<RangeSelect />}>
      {(cluster) => (
        <div className="space-y-6">
          <VerdictPanel cluster={cluster} />
          <LadderCounts cluster={cluster} />
          <HealthCharts clusterId={clusterId} />
          {cluster.kind === 'kafka' ? (
            <QuorumPanel quorum={cluster.quorum} wasPolled={cluster.lastPollAt !== null} />
          ) : (
            <NameServersPanel nameServers={cluster.nameServers} />
          )}
          <FactTable cluster={cluster} />
        </div>
      )}
    </ClusterFrame>
  )
}

function VerdictPanel({ cluster }: { cluster: ClusterAnswer }): ReactElement | null {
  const t = useTranslations('clusters.health')
  const states = useTranslations('states.level')
  const level = shownLevel(cluster)
  const { reasons } = cluster.verdict
  if (cluster.lastPollAt === null) return null
  return (
    <section aria-label={t('verdict')} className={cn('rounded-lg', level === 'safe' ? 'panel' : STATE_GROUND[level])}>
      <p className={cn('flex items-center gap-3 px-4 pt-3 pb-2 font-semibold text-base', STATE_TEXT[level])}>
        <StateGlyph level={level} label="" sizePx={20} />
        {states(level)}
      </p>
      {reasons.length === 0 ? (
        <p className="px-4 pb-3 pl-12 text-ink2">{t('noReasons')}</p>
      ) : (
        <ul className="pb-2">
          {reasons.map((reason) => (
            <ReasonLine
              key={`${reason.code} ${reason.subject.type} ${reason.subject.name} ${reason.message}`}
              clusterId={cluster.id}
              reason={reason}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

function ReasonLine({ clusterId, reason }: { clusterId: string; reason: Reason }): ReactElement {
  const t = useTranslations('clusters.health')
  const format = useFormat()
  return (
    <li className="flex gap-3 px-4 py-1">
      <span className="flex w-5 shrink-0 justify-center">
        <StateGlyph level={reasonState(reason)} sizePx={14} className="mt-0.5" />
      </span>
      <p className="min-w-0 flex-1 break-words text-ink2">
        <Emphasis sentence={reason.message} names={namesOf(reason, format.number)} />{' '}
        {reason.subject.type === 'cluster' ? null : (
          <span className="whitespace-nowrap text-accent text-xs">
            <SubjectLink clusterId={clusterId} subject={reason.subject}>
              {reason.subject.type === 'broker' ? t('broker', { id: reason.subject.name }) : reason.subject.name}
            </SubjectLink>
          </span>
        )}
      </p>
      <Since at={reason.at} className="shrink-0 text-ink2 text-xs" />
    </li>
  )
}

const STEPS = ['offline', 'underMinIsr', 'atMinIsr', 'underReplicated', 'healthy', 'unknown'] as const

/** Partitions by their place on the ladder: a bar to see, and the numbers to read. */
function LadderCounts({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const t = useTranslations('clusters.health')
  const states = useTranslations('states.durability')
  const format = useFormat()
  const { partitions, underReplicated, atMinIsr, underMinIsr, offline, unknownPartitions: unknown } = cluster
  const below = [underReplicated, atMinIsr, underMinIsr, offline, unknown]
  const known = below.every((count) => count !== null)
  const healthy =
    partitions === null || !known ? null : partitions - below.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  const counts = { healthy, underReplicated, atMinIsr, underMinIsr, offline, unknown }
  return (
    <section aria-labelledby="ladder">
      <h2 id="ladder" className="mb-2 font-semibold text-base">
        {t('ladder')}
      </h2>
      <div className="panel px-4 py-3">
        <LadderBar counts={counts} total={partitions} />
        <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3 xl:grid-cols-6">
          {STEPS.map((step) => (
            <div key={step} className="min-w-0">
              <dt className="flex items-center gap-1.5 text-ink3 text-xs">
                <StateGlyph
                  level={DURABILITY_STATE[step]}
                  label=""
                  sizePx={12}
                  // What nothing stands on stays in the background.
                  className={counts[step] === 0 ? 'opacity-40 grayscale' : ''}
                />
                <span className="truncate">{states(step)}</span>
              </dt>
              <dd className={cn('font-semibold', (counts[step] ?? 0) > 0 && STATE_TEXT[DURABILITY_STATE[step]])}>
                {counts[step] === null ? <Unknown /> : format.number(counts[step])}
              </dd>
            </div>
          ))}
        </dl>
        {partitions === null ? null : (
          <p className="mt-2 text-ink3 text-xs">{t('ladderNote', { count: partitions })}</p>
        )}
      </div>
    </section>
  )
}

const BAR_COLOUR: Record<(typeof STEPS)[number], string> = {
  offline: 'bg-losing',
  underMinIsr: 'bg-risk',
  atMinIsr: 'bg-watch',
  underReplicated: 'bg-watch/50',
  healthy: 'bg-line',
  unknown: 'hatched border border-line',
}

function LadderBar({
  counts,
  total,
}: {
  counts: Record<(typeof STEPS)[number], number | null>
  total: number | null
}): ReactElement | null {
  if (total === null || total === 0) return null
  return (
    <div aria-hidden className="mb-3 flex h-2.5 gap-px overflow-hidden rounded-sm">
      {STEPS.map((step) => {
        const count = counts[step] ?? 0
        // One partition of ten thousand must still be seen.
        return count === 0 ? null : (
          <div
            key={step}
            className={cn('min-w-1', BAR_COLOUR[step])}
            style={{ flexGrow: count / total, flexBasis: 0 }}
          />
        )
      })}
    </div>
  )
}
