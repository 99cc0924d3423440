'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ArchiveRestore } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { useProblemWords } from '../../lib/client/problem-words.ts'
import { forgetQueue, type QueueName, restore } from '../../lib/client/queries/dead-letters.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'

interface RestoreButtonProps {
  queue: QueueName
  selection: SelectionInput
  /** What it says; "Restore" when left out. */
  label?: string
  onDone(records: number): void
}

/** Opens archived records again. Nothing is lost by it, so that nobody is asked twice. */
export function RestoreButton({ queue, selection, label, onDone }: RestoreButtonProps): ReactElement | null {
  const t = useTranslations('deadLetters.actions')
  const problem = useProblemWords()
  const client = useQueryClient()
  const { mayChange } = useRights()
  const sending = useMutation({
    mutationFn: () => restore(queue, selection),
    onSuccess: async ({ records }) => {
      onDone(records)
      await forgetQueue(client)
    },
  })
  if (!mayChange('deadLetters:write', queue)) return null
  return (
    <>
      <Button title={t('restoreHint')} disabled={sending.isPending} onClick={() => sending.mutate()}>
        <ArchiveRestore aria-hidden className="size-4" />
        {sending.isPending ? t('restoring') : (label ?? t('restore'))}
      </Button>
      {sending.error === null ? null : (
        <span role="alert" className="text-losing text-xs">
          {problem(sending.error).title}
        </span>
      )}
    </>
  )
}
