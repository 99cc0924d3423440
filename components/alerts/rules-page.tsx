'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import type { AlertRuleAnswer } from '../../lib/api/schemas/alerts.ts'
import { marksOf } from '../../lib/client/alert-views.ts'
import { alertRulesQuery } from '../../lib/client/queries/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { PLACE_HREF, ruleHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { AlertsFrame } from './alerts-frame.tsx'
import { RemoveRule } from './remove-rule.tsx'
import { UnusableRules } from './unusable-rules.tsx'

/** Every rule: a person's own first, then those that every console has. */
export function AlertRulesPage(): ReactElement {
  const { data, error } = useQuery(alertRulesQuery())
  const rules = data?.items ?? []
  const mayChange = useRights().may('alerts:write')
  return (
    <AlertsFrame part="alertRules" beside={mayChange ? <NewRule /> : null}>
      {error === null ? null : <ErrorState error={error} />}
      {data === undefined ? null : (
        <>
          {data.unusable.length === 0 ? null : <UnusableRules rules={data.unusable} mayChange={mayChange} />}
          <Rules rules={rules.filter(({ isBuiltIn }) => !isBuiltIn)} kind="own" mayChange={mayChange} />
          <Rules rules={rules.filter(({ isBuiltIn }) => isBuiltIn)} kind="builtIn" mayChange={false} />
        </>
      )}
    </AlertsFrame>
  )
}

function NewRule(): ReactElement {
  const t = useTranslations('alerts.rules')
  return (
    <Button asChild look="primary">
      <Link href={`${PLACE_HREF.alertRules}/new`}>
        <Plus aria-hidden className="size-4" />
        {t('new')}
      </Link>
    </Button>
  )
}

interface RulesProps {
  rules: readonly AlertRuleAnswer[]
  kind: 'own' | 'builtIn'
  mayChange: boolean
}

function Rules({ rules, kind, mayChange }: RulesProps): ReactElement {
  const t = useTranslations('alerts.rules')
  const id = useId()
  const columns = useRuleColumns()
  const actions: StaticColumn<AlertRuleAnswer> = {
    id: 'actions',
    header: t('columns.actions'),
    align: 'end',
    className: 'max-sm:col-span-2',
    cell: ({ code, source }) => (source === 'runtime' ? <Actions code={code} /> : null),
  }
  const hasActions = mayChange && rules.some(({ source }) => source === 'runtime')
  return (
    <section className="panel mb-4">
      <h2 id={id} className="border-line border-b px-4 py-2 font-semibold">
        {t(kind)}
      </h2>
      {rules.length === 0 ? (
        <EmptyState title={t('none')} text={t('noneText')} />
      ) : (
        <StaticTable
          columns={hasActions ? [...columns, actions] : columns}
          rows={rules}
          rowKey={({ code }) => code}
          labelledBy={id}
        />
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
            <Written rule={rule} />
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

/** Where a rule of one's own stands, and who wrote it. */
function Written({ rule }: { rule: AlertRuleAnswer }): ReactElement | null {
  const t = useTranslations('alerts.rules')
  const format = useFormat()
  const { source, createdAt, createdBy, changedAt, changedBy } = rule
  if (source === 'builtIn') return null
  const by = (key: 'written' | 'changed', actor: string | null, at: string | null): string[] =>
    actor === null || at === null ? [] : [t(key, { actor, time: format.exact(Date.parse(at)) })]
  const words =
    source === 'file' ? [t('inFile')] : [...by('written', createdBy, createdAt), ...by('changed', changedBy, changedAt)]
  return <span className="block text-ink3 text-xs">{words.join(' · ')}</span>
}

function Actions({ code }: { code: string }): ReactElement {
  const t = useTranslations('alerts.rules')
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      <Button asChild>
        <Link href={ruleHref(code)} aria-label={t('changeNamed', { code })}>
          {t('change')}
        </Link>
      </Button>
      <RemoveRule code={code} />
    </span>
  )
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
