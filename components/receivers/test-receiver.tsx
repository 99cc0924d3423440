'use client'

import { useMutation } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { testReceiver } from '../../lib/client/queries/receivers.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { ErrorState } from '../ui/states.tsx'

/** Sends it a real message and says what became of it. */
export function TestReceiver({ id }: { id: string }): ReactElement {
  const t = useTranslations('receivers.test')
  const test = useMutation({ mutationFn: () => testReceiver(id) })
  return (
    <>
      <Button disabled={test.isPending} onClick={() => test.mutate()}>
        <Send aria-hidden className="size-4" />
        {test.isPending ? t('sending') : t('send')}
      </Button>
      <Dialog
        open={test.isSuccess || test.isError}
        onOpenChange={(open) => {
          if (!open) test.reset()
        }}
        title={t('title', { id })}
      >
        {test.error === null ? null : <ErrorState error={test.error} className="px-0 py-0" />}
        {test.data === undefined ? null : (
          <div className="flex gap-3" aria-live="polite">
            <StateGlyph
              level={test.data.ok ? 'safe' : 'losing'}
              label={test.data.ok ? t('good') : t('bad')}
              className="mt-0.5 shrink-0"
            />
            <div className="min-w-0 break-words">
              <p className="font-semibold">{test.data.message}</p>
              <p className="text-ink2">{test.data.ok ? t('look') : test.data.fix}</p>
              <p className="mt-2 text-ink3 text-xs">{t('took', { ms: test.data.latencyMs, code: test.data.code })}</p>
            </div>
          </div>
        )}
      </Dialog>
    </>
  )
}
