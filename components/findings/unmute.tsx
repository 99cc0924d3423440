'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Bell } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { forgetMutes, removeMute } from '../../lib/client/queries/mutes.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/states.tsx'

/** Nothing is lost by it, and how much it shows again is said: nobody is asked twice. */
export function Unmute({ id, count, className }: { id: string; count: number; className?: string }): ReactElement {
  const t = useTranslations('risk.muted')
  const client = useQueryClient()
  const ending = useMutation({ mutationFn: () => removeMute(id), onSuccess: () => forgetMutes(client) })
  return (
    <>
      <Button className={className} disabled={ending.isPending} onClick={() => ending.mutate()}>
        <Bell aria-hidden className="size-4" />
        {ending.isPending ? t('ending') : t('end', { count: Math.max(count, 1) })}
      </Button>
      {ending.error === null ? null : <ErrorState error={ending.error} className="px-0 py-2" />}
    </>
  )
}
