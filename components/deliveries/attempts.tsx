'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { DeliveryWithLogAnswer } from '../../lib/api/schemas/deliveries.ts'
import { deliveryQuery } from '../../lib/client/queries/receivers.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ErrorState } from '../ui/states.tsx'
import { RelativeTime } from '../ui/values.tsx'

/** How often it was tried; each attempt is shown when that is asked for. */
export function Attempts({ id, count }: { id: string; count: number }): ReactElement {
  const t = useTranslations('receivers.attempts')
  const format = useFormat()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button
        look="quiet"
        disabled={count === 0}
        aria-label={t('open', { count })}
        title={t('open', { count })}
        onClick={() => setIsOpen(true)}
      >
        {format.number(count)}
      </Button>
      {isOpen ? <AttemptsDialog id={id} onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}

function AttemptsDialog({ id, onClose }: { id: string; onClose(): void }): ReactElement {
  const t = useTranslations('receivers.attempts')
  const { data, error } = useQuery(deliveryQuery(id))
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={t('title')}
      description={t('id', { id })}
    >
      {error === null ? null : <ErrorState error={error} className="px-0 py-0" />}
      <ol className="divide-y divide-line2">
        {data?.log.map((attempt) => (
          <AttemptItem key={`${attempt.at} ${attempt.latencyMs}`} attempt={attempt} />
        ))}
      </ol>
    </Dialog>
  )
}

function AttemptItem({ attempt }: { attempt: DeliveryWithLogAnswer['log'][number] }): ReactElement {
  const t = useTranslations('receivers.attempts')
  return (
    <li className="break-words py-2">
      <p>{attempt.message}</p>
      <p className="text-ink2">{attempt.fix}</p>
      <p className="text-ink3 text-xs">
        <RelativeTime at={attempt.at} /> · {t('took', { ms: attempt.latencyMs, code: attempt.code })}
      </p>
    </li>
  )
}
