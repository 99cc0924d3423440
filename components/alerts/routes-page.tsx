'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { parseAsString, useQueryState } from 'nuqs'
import { type ReactElement, useState } from 'react'
import type { RouteExplanationAnswer } from '../../lib/api/schemas/alert-routes.ts'
import type { RouteExample } from '../../lib/client/alert-views.ts'
import { alertRoutesQuery, explainRoutesQuery } from '../../lib/client/queries/alerts.ts'
import { PLACE_HREF } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { AlertsFrame } from './alerts-frame.tsx'
import { RouteExampleForm } from './route-example-form.tsx'
import { RouteTree } from './route-tree.tsx'

/** Who is told of which alerts, and where an alert would go. */
export function RoutesPage(): ReactElement {
  const t = useTranslations('alerts.routes')
  const { data, error } = useQuery(alertRoutesQuery())
  // One that is there comes by the address, an example from the form.
  const [alertId, setAlertId] = useQueryState('alert', parseAsString)
  const [example, setExample] = useState<RouteExample | null>(null)
  const asked = example ?? (alertId === null ? null : { alertId })
  const explained = useQuery({ ...explainRoutesQuery(asked ?? { alertId: '' }), enabled: asked !== null })
  const show = (next: RouteExample): void => {
    setExample(next)
    void setAlertId(null)
  }
  const explanation = asked === null ? null : (explained.data ?? null)
  const isNobody = data?.isDefault === true && data.items.every(({ receivers }) => receivers.length === 0)
  return (
    <AlertsFrame part="routes">
      <RouteExampleForm onShow={show} isWorking={explained.isFetching} />
      {explained.error === null || asked === null ? null : <ErrorState error={explained.error} />}
      {explanation === null ? null : <Verdict explanation={explanation} />}
      {error === null ? null : <ErrorState error={error} />}
      {data?.isDefault && !isNobody ? <p className="mb-3 max-w-prose">{t('default')}</p> : null}
      {isNobody ? <NobodyToTell /> : null}
      {data?.items.length === 0 ? (
        <div className="panel">
          <EmptyState title={t('none')} text={t('noneText')} />
        </div>
      ) : null}
      {data === undefined || isNobody ? null : <RouteTree routes={data.items} explanation={explanation} />}
    </AlertsFrame>
  )
}

/** Without routes all receivers are told of everything; of none, that would be a lie. */
function NobodyToTell(): ReactElement {
  const t = useTranslations('alerts.routes')
  const action = (
    <Button asChild>
      <Link href={PLACE_HREF.receivers}>{t('toReceivers')}</Link>
    </Button>
  )
  return (
    <div className="panel">
      <EmptyState title={t('nobody')} text={t('nobodyText')} action={action} />
    </div>
  )
}

/** Of an alert, in a sentence: how many are told, and what keeps it from being told. */
function Verdict({ explanation: { told, notTold } }: { explanation: RouteExplanationAnswer }): ReactElement {
  const t = useTranslations('alerts.routes.verdict')
  return (
    <div role="status" className="mb-4 max-w-prose">
      <p className="font-semibold">{t('told', { count: told.length })}</p>
      {notTold.map((reason) => (
        <p key={reason} className="text-ink2">
          {t(`notTold.${reason}`)}
        </p>
      ))}
    </div>
  )
}
