'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import type { UnusableRuleAnswer } from '../../lib/api/schemas/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { RemoveRule } from './remove-rule.tsx'

/** Rules that are stored and watch nothing: whoever wrote them may believe that they do. */
export function UnusableRules({
  rules,
  mayChange,
}: {
  rules: readonly UnusableRuleAnswer[]
  mayChange: boolean
}): ReactElement {
  const t = useTranslations('alerts.rules')
  const id = useId()
  return (
    <section className="panel mb-4">
      <h2 id={id} className="px-4 pt-2 font-semibold text-risk">
        {t('unusable.title')}
      </h2>
      <p className="border-line border-b px-4 pb-2 text-ink2">{t('unusable.text')}</p>
      <StaticTable columns={useUnusableColumns(mayChange)} rows={rules} rowKey={({ code }) => code} labelledBy={id} />
    </section>
  )
}

function useUnusableColumns(mayChange: boolean): StaticColumn<UnusableRuleAnswer>[] {
  const t = useTranslations('alerts.rules')
  const format = useFormat()
  return [
    {
      id: 'rule',
      header: t('columns.rule'),
      isRowHeader: true,
      className: 'max-sm:col-span-2',
      cell: ({ code, definition }) => (
        <>
          <code className="block break-all font-mono text-xs">{code}</code>
          <code className="block break-all font-mono text-ink3 text-xs">{definition}</code>
        </>
      ),
    },
    {
      id: 'why',
      header: t('unusable.why'),
      isLabelled: true,
      className: 'max-sm:col-span-2',
      cell: ({ reason, createdBy, createdAt }) => (
        <span className="block min-w-0 break-words">
          {t(`unusable.reasons.${reason}`)}
          {createdBy === null || createdAt === null ? null : (
            <span className="block text-ink3 text-xs">
              {t('written', { actor: createdBy, time: format.exact(Date.parse(createdAt)) })}
            </span>
          )}
        </span>
      ),
    },
    ...(mayChange
      ? [
          {
            id: 'actions',
            header: t('columns.actions'),
            align: 'end' as const,
            cell: ({ code }: UnusableRuleAnswer) => <RemoveRule code={code} />,
          },
        ]
      : []),
  ]
}
