'use client'

import { Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'

const AddClusterDialog = dynamic(async () => (await import('./add-cluster-dialog.tsx')).AddClusterDialog, {
  ssr: false,
})

/** The form is loaded when it is wanted: most visits never open it. */
export function AddCluster(): ReactElement {
  const t = useTranslations('clusters.add')
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button look="primary" onClick={() => setIsOpen(true)}>
        <Plus aria-hidden className="size-4" />
        {t('open')}
      </Button>
      {isOpen ? <AddClusterDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}
