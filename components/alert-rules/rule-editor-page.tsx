'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { alertRulesQuery } from '../../lib/client/queries/alerts.ts'
import { EMPTY_RULE, formOf } from '../../lib/client/rule-form.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { PLACE_HREF } from '../shell/places.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { RuleEditor } from './rule-editor.tsx'

/** @param code of the rule that is changed; null: a new one is written */
export function RuleEditorPage({ code }: { code: string | null }): ReactElement {
  const t = useTranslations('ruleEditor')
  const alerts = useTranslations('alerts')
  const crumbs = [
    { label: alerts('title'), href: PLACE_HREF.alerts },
    { label: t('rules'), href: PLACE_HREF.alertRules },
  ]
  return (
    <>
      <PageHeader title={t(code === null ? 'titleNew' : 'titleChange')} crumbs={crumbs} />
      <Body code={code} />
    </>
  )
}

function Body({ code }: { code: string | null }): ReactElement | null {
  const t = useTranslations('ruleEditor.refused')
  const { may } = useRights()
  const { data, error } = useQuery({ ...alertRulesQuery(), refetchInterval: false, enabled: code !== null })
  if (!may('alerts:write')) return <Refused text={t('noRight')} />
  if (code === null) return <RuleEditor initial={EMPTY_RULE} writtenAt={null} />
  if (data === undefined) return error === null ? null : <ErrorState error={error} />
  const rule = data.items.find((one) => one.code === code)
  if (rule === undefined || rule.definition === null) return <Refused text={t('gone', { code })} />
  const writtenAt = rule.changedAt ?? rule.createdAt
  if (rule.source !== 'runtime' || writtenAt === null) return <Refused text={t('inFile')} />
  return <RuleEditor initial={formOf(rule.definition)} writtenAt={writtenAt} />
}

function Refused({ text }: { text: string }): ReactElement {
  const t = useTranslations('ruleEditor.refused')
  return (
    <div className="panel">
      <EmptyState title={t('title')} text={text} />
    </div>
  )
}
