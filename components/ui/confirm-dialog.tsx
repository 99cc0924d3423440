'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorState } from './states.tsx'

export interface ConfirmDialogProps {
  open: boolean
  onClose(): void
  title: string
  /** What happens then, and what does not. */
  text: string
  /** Says what happens, not 'OK'. */
  action: string
  isPending: boolean
  onConfirm(): void
  error: unknown
}

/** Asks before something that a person may regret. The way out comes first and has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactElement {
  const t = useTranslations('ui')
  return (
    <Dialog
      open={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose()
      }}
      title={props.title}
      actions={
        <>
          <Button onClick={props.onClose}>{t('cancel')}</Button>
          <Button look="danger" disabled={props.isPending} onClick={props.onConfirm}>
            {props.action}
          </Button>
        </>
      }
    >
      <p className="text-ink2">{props.text}</p>
      {props.error === null || props.error === undefined ? null : (
        <ErrorState error={props.error} className="mt-3 px-0 py-0" />
      )}
    </Dialog>
  )
}
