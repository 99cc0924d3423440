'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { forgetReceivers, removeReceiver } from '../../lib/client/queries/receivers.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** Its secrets are gone with it, and nobody can bring them back: that is asked first. */
export function RemoveReceiver({ id }: { id: string }): ReactElement {
  const t = useTranslations('receivers.remove')
  const client = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const removing = useMutation({ mutationFn: () => removeReceiver(id), onSuccess: () => forgetReceivers(client) })
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{t('open')}</Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setIsOpen(false)}
        title={t('title', { id })}
        text={t('text')}
        action={t('action', { id })}
        isPending={removing.isPending}
        onConfirm={() => removing.mutate()}
        error={removing.error}
      />
    </>
  )
}
