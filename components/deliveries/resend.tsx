'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { forgetDeliveries, resendDelivery } from '../../lib/client/queries/receivers.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/states.tsx'

/** Under the same id: whoever has it already can tell. */
export function Resend({ id, isWaiting }: { id: string; isWaiting: boolean }): ReactElement {
  const t = useTranslations('receivers.resend')
  const client = useQueryClient()
  const resending = useMutation({ mutationFn: () => resendDelivery(id), onSuccess: () => forgetDeliveries(client) })
  return (
    <>
      <Button
        disabled={resending.isPending}
        title={t(isWaiting ? 'nowTitle' : 'title')}
        onClick={() => resending.mutate()}
      >
        {resending.isPending ? t('working') : t(isWaiting ? 'now' : 'action')}
      </Button>
      {resending.error === null ? null : <ErrorState error={resending.error} className="px-0 py-2" />}
    </>
  )
}
