'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { apiSend } from '../../lib/client/api.ts'
import { CLUSTERS_KEY, clusterPath } from '../../lib/client/queries/clusters.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** A broker once seen stays expected: only a person knows that it will not come back. */
export function RetireBroker({ clusterId, brokerId }: { clusterId: string; brokerId: string }): ReactElement {
  const t = useTranslations('brokers.retire')
  const client = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const close = (): void => {
    setIsAsking(false)
    retire.reset()
  }
  const retire = useMutation({
    mutationFn: () =>
      apiSend<undefined>('POST', clusterPath(clusterId, `/brokers/${encodeURIComponent(brokerId)}/retire`)),
    onSuccess: async () => {
      setIsAsking(false)
      await Promise.all([
        client.invalidateQueries({ queryKey: ['brokers', clusterId] }),
        client.invalidateQueries({ queryKey: CLUSTERS_KEY }),
      ])
    },
  })
  return (
    <>
      <Button className="h-7 px-2" onClick={() => setIsAsking(true)} aria-label={t('title', { id: brokerId })}>
        {t('open')}
      </Button>
      <ConfirmDialog
        open={isAsking}
        onClose={close}
        title={t('title', { id: brokerId })}
        text={t('text')}
        action={retire.isPending ? t('working') : t('submit', { id: brokerId })}
        isPending={retire.isPending}
        onConfirm={() => retire.mutate()}
        error={retire.error}
      />
    </>
  )
}
