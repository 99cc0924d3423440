'use client'

import { BellOff } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useId, useState } from 'react'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import type { MutedThing } from '../../lib/client/mute-form.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { MuteFields } from './mute-fields.tsx'
import { useMute } from './use-mute.ts'

interface MutableDialogProps {
  title: string
  muted: MutedThing
  /** Whoever looks may mute it, and it is not muted yet. */
  mayMute: boolean
  onClose(): void
  /** It is muted now; the dialog has nothing more to say. */
  onMuted(mute: MuteAnswer): void
  children: ReactNode
}

/** A finding or a loss in full, or the form that mutes it. */
export function MutableDialog({ title, muted, mayMute, onClose, onMuted, children }: MutableDialogProps): ReactElement {
  const t = useTranslations('risk.mute')
  const formId = useId()
  const [isMuting, setMuting] = useState(false)
  const muting = useMute(muted, onMuted)
  const actions = isMuting ? (
    <>
      <Button onClick={() => setMuting(false)}>{t('back')}</Button>
      <Button look="primary" type="submit" form={formId} disabled={!muting.isReady}>
        {t(muting.isPending ? 'working' : 'submit')}
      </Button>
    </>
  ) : mayMute ? (
    <Button onClick={() => setMuting(true)}>
      <BellOff aria-hidden className="size-4" />
      {t('open')}
    </Button>
  ) : undefined
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={isMuting ? t('title', { title }) : title}
      actions={actions}
    >
      {isMuting ? <MuteFields id={formId} muted={muted} muting={muting} /> : children}
    </Dialog>
  )
}
