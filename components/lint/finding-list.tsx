'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { LintAnswer, LintFindingAnswer } from '../../lib/api/schemas/lint.ts'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { EmptyState } from '../ui/states.tsx'

/** Worst first, as they come: each with its reason and what to do. */
export function FindingList({ findings }: { findings: LintAnswer['findings'] }): ReactElement {
  const t = useTranslations('lint')
  return (
    <section aria-labelledby="lint-findings">
      <h2 id="lint-findings" className="mb-2 font-semibold text-base">
        {t('findings')}
      </h2>
      <div className="panel">
        {findings.length === 0 ? <EmptyState title={t('noFindings')} /> : null}
        <ol className="divide-y divide-line2">
          {findings.map((finding) => (
            <li key={`${finding.code} ${finding.setting} ${finding.line}`} className="flex gap-3 px-4 py-3">
              <Finding finding={finding} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

function Finding({ finding }: { finding: LintFindingAnswer }): ReactElement {
  const t = useTranslations('lint')
  const { severity, setting, value, line, why, fix } = finding
  return (
    <>
      <SeverityMark severity={severity} />
      <div className="min-w-0 flex-1 break-words">
        {setting === null && line === null ? null : (
          <p className="flex flex-wrap items-baseline gap-x-2">
            {setting === null ? null : <code className="wrap-anywhere font-mono text-xs">{setting}</code>}
            {setting === null ? null : value === null ? (
              <span className="text-ink3 text-xs">{t('notSet')}</span>
            ) : (
              <code className="wrap-anywhere font-mono text-ink2 text-xs">{value}</code>
            )}
            {line === null ? null : <span className="text-ink3 text-xs">{t('line', { line })}</span>}
          </p>
        )}
        <p className="max-w-prose">{why}</p>
        <p className="max-w-prose text-ink2">
          <strong className="font-semibold text-ink">{t('fix')}</strong> {fix}
        </p>
      </div>
    </>
  )
}
