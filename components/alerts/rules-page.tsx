'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import type { AlertRuleAnswer } from '../../lib/api/schemas/alerts.ts'
import { marksOf } from '../../lib/client/alert-views.ts'
import { alertRulesQuery } from '../../lib/client/queries/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { AlertsFrame } from './alerts-frame.tsx'

/** Every rule: a person's own first, then those that every console has. */
export function AlertRulesPage(): ReactElement {
  const { data, error } = useQuery(alertRulesQuery())
  const rules = data?.items ?? []
  return (
    <AlertsFrame part="alertRules">
      {error === null ? null : <ErrorState error={error} />}
      {data === undefined ? null : (
        <>
          <Rules rules={rules.filter(({ isBuiltIn }) => !isBuiltIn)} kind="own" />
          <Rules rules={rules.filter(({ isBuiltIn }) => isBuiltIn)} kind="builtIn" />
        </>
      )}
    </AlertsFrame>
  )
}

function Rules({ rules, kind }: { rules: readonly AlertRuleAnswer[]; kind: 'own' | 'builtIn' }): ReactElement {
  const t = useTranslations('alerts.rules')
  const id = useId()
  const columns = useRuleColumns()
  return (
    <section className="panel mb-4">
      <h2 id={id} className="border-line border-b px-4 py-2 font-semibold">
        {t(kind)}
      </h2>
      {rules.length === 0 ? (
        <EmptyState title={t('none')} text={t('noneText')} />
      ) : (
        <StaticTable columns={columns} rows={rules} rowKey={({ code }) => code} labelledBy={id} />
      )}
    </section>
  )
}

function useRuleColumns(): StaticColumn<AlertRuleAnswer>[] {
  const t = useTranslations('alerts.rules')
  const format = useFormat()
  return [
    {
      id: 'rule',
      header: t('columns.rule'),
      isRowHeader: true,
      className: 'max-sm:col-span-2',
      cell: (rule) => (
        <span className="flex items-start gap-2">
          {rule.severity === null ? null : <SeverityMark severity={rule.severity} sizePx={14} />}
          <span className="min-w-0">
            <span className="block">{rule.title}</span>
            <code className="block break-all font-mono text-ink3 text-xs">{rule.code}</code>
          </span>
        </span>
      ),
    },
    { id: 'when', header: t('columns.when'), isLabelled: true, cell: (rule) => <When rule={rule} /> },
    {
      id: 'waits',
      header: t('columns.waits'),
      isLabelled: true,
      cell: ({ forSeconds, keepFiringForSeconds }) =>
        t('waits', { for: format.number(forSeconds), keep: format.number(keepFiringForSeconds) }),
    },
    {
      id: 'firing',
      header: t('columns.firing'),
      align: 'end',
      isLabelled: true,
      cell: ({ firing, isOff, isTuned }) => (
        <span className={firing > 0 ? 'font-semibold' : 'text-ink3'}>
          {isOff ? t('off') : format.number(firing)}
          {isTuned ? <span className="block font-normal text-ink3 text-xs">{t('tuned')}</span> : null}
        </span>
      ),
    },
  ]
}

function When({ rule }: { rule: AlertRuleAnswer }): ReactElement {
  const t = useTranslations('alerts.rules')
  const severities = useTranslations('states.severity')
  const format = useFormat()
  const { kind, fromSeverity, labels } = rule.when
  const marks = marksOf(rule).map(([name, mark]) => t(`marks.${name}`, { mark: format.number(mark) }))
  const where = Object.entries(labels).map(([name, glob]) => `${name}: ${glob}`)
  return (
    <span className="text-ink2">
      {kind === 'finding' && fromSeverity !== null ? t('when.finding', { severity: severities(fromSeverity) }) : null}
      {kind === 'loss' ? t('when.loss') : null}
      {[...marks, ...where].join(' · ')}
    </span>
  )
}
