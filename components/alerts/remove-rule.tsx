'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { forgetAlerts, removeRule } from '../../lib/client/queries/alerts.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** Nobody is told any more of what it watched: that is asked first. */
export function RemoveRule({ code }: { code: string }): ReactElement {
  const t = useTranslations('alerts.rules.remove')
  const client = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const removing = useMutation({ mutationFn: () => removeRule(code), onSuccess: () => forgetAlerts(client) })
  return (
    <>
      <Button aria-label={t('openNamed', { code })} onClick={() => setIsOpen(true)}>
        {t('open')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setIsOpen(false)}
        title={t('title', { code })}
        text={t('text')}
        action={t('action', { code })}
        isPending={removing.isPending}
        onConfirm={() => removing.mutate()}
        error={removing.error}
      />
    </>
  )
}
