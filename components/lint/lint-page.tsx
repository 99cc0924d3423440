'use client'

import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { LintAnswer } from '../../lib/api/schemas/lint.ts'
import { type LintChoice, lintBodyOf } from '../../lib/client/lint-views.ts'
import { askLint } from '../../lib/client/queries/lint.ts'
import { RequestProblem } from '../clusters/connection-steps.tsx'
import { cn } from '../ui/cn.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { LintForm } from './lint-form.tsx'
import { LintReport } from './lint-report.tsx'
import { useLintChoice } from './use-lint-choice.ts'

export interface LintQuestion {
  choice: LintChoice
  text: string
}

/** What a client's settings mean for losses. The text is kept by this page alone, and gone with it. */
export function LintPage(): ReactElement {
  const t = useTranslations('lint')
  const [choice, setChoice] = useLintChoice()
  const [text, setText] = useState('')
  // Kept beside the question's own state: the last answer stays while the next one is on its way.
  const [report, setReport] = useState<{ asked: LintQuestion; answer: LintAnswer } | null>(null)
  const check = useMutation({
    mutationFn: (asked: LintQuestion) => askLint(lintBodyOf(asked.choice, asked.text)),
    onSuccess: (answer, asked) => setReport({ asked, answer }),
    gcTime: 0,
  })
  const hasAnswer = report !== null || check.error !== null
  return (
    <>
      <PageHeader title={t('title')} />
      <p className="mb-4 max-w-prose text-ink2">{t('intro')}</p>
      <p role="status" className="sr-only">
        {report === null || check.isPending ? '' : t(`verdict.${report.answer.verdict}.title`)}
      </p>
      <div className={cn('grid items-start gap-6', hasAnswer && 'xl:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)]')}>
        <LintForm
          choice={choice}
          text={text}
          isChecking={check.isPending}
          onChoice={setChoice}
          onText={setText}
          onCheck={() => check.mutate({ choice, text })}
        />
        {hasAnswer ? (
          <div className="min-w-0 space-y-6">
            <RequestProblem error={check.error} />
            {report === null ? null : (
              <LintReport
                answer={report.answer}
                asked={report.asked}
                isOutdated={isOther(report.asked, { choice, text })}
              />
            )}
          </div>
        ) : null}
      </div>
    </>
  )
}

function isOther(one: LintQuestion, other: LintQuestion): boolean {
  const { client, version, cluster, topic } = one.choice
  const now = other.choice
  const isSame = client === now.client && version === now.version && cluster === now.cluster && topic === now.topic
  return !isSame || one.text !== other.text
}
