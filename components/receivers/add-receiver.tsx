'use client'

import { Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'

const AddReceiverDialog = dynamic(async () => (await import('./add-receiver-dialog.tsx')).AddReceiverDialog, {
  ssr: false,
})

/** The form is loaded when it is wanted: most visits never open it. */
export function AddReceiver(): ReactElement {
  const t = useTranslations('receivers.add')
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button look="primary" onClick={() => setIsOpen(true)}>
        <Plus aria-hidden className="size-4" />
        {t('open')}
      </Button>
      {isOpen ? <AddReceiverDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}
