'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { LintAnswer } from '../../lib/api/schemas/lint.ts'
import { LINT_VERDICT_STATE } from '../../lib/client/lint-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { STATE_GROUND, STATE_TEXT } from '../../lib/client/states.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { CorrectedText } from './corrected-text.tsx'
import { EffectiveTable } from './effective-table.tsx'
import { FindingList } from './finding-list.tsx'
import type { LintQuestion } from './lint-page.tsx'

interface LintReportProps {
  answer: LintAnswer
  asked: LintQuestion
  /** Something was changed since. */
  isOutdated: boolean
}

export function LintReport({ answer, asked, isOutdated }: LintReportProps): ReactElement {
  const t = useTranslations('lint')
  return (
    <div className="space-y-6">
      {isOutdated ? <p className="rounded-md bg-line2 px-3 py-2">{t('outdated')}</p> : null}
      <Verdict answer={answer} asked={asked} />
      <FindingList findings={answer.findings} />
      <CorrectedText checked={asked.text} corrected={answer.corrected} />
      <EffectiveTable settings={answer.effective} />
    </div>
  )
}

function Verdict({ answer, asked }: Pick<LintReportProps, 'answer' | 'asked'>): ReactElement {
  const t = useTranslations('lint')
  const { data } = useQuery(clustersQuery())
  const level = LINT_VERDICT_STATE[answer.verdict]
  const { cluster, topic } = asked.choice
  const clusterName = data?.items.find(({ id }) => id === cluster)?.name ?? cluster
  return (
    <section
      aria-labelledby="lint-verdict"
      className={cn(
        'flex gap-3 rounded-lg px-4 py-3',
        level === 'safe' ? 'border border-line bg-panel' : STATE_GROUND[level],
      )}
    >
      <StateGlyph level={level} label="" sizePx={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <h2 id="lint-verdict" className={cn('font-semibold text-base', STATE_TEXT[level])}>
          {t(`verdict.${answer.verdict}.title`)}
        </h2>
        <p className="max-w-prose text-ink2">{t(`verdict.${answer.verdict}.text`)}</p>
        <p className="mt-1 max-w-prose break-words text-ink2">
          {cluster !== '' && topic !== '' ? t('judgedOn', { topic, cluster: clusterName }) : t('judgedAlone')}
        </p>
      </div>
    </section>
  )
}
