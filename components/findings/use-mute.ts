import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { firstForm, type MutedThing, type MuteForm, muteBody } from '../../lib/client/mute-form.ts'
import { addMute, forgetMutes } from '../../lib/client/queries/mutes.ts'

export interface Muting {
  form: MuteForm
  change(part: Partial<MuteForm>): void
  /** Everything is filled in, and nothing is on its way. */
  isReady: boolean
  isPending: boolean
  error: Error | null
  submit(): void
}

/** The form that mutes a finding or a loss, and what becomes of it. */
export function useMute(muted: MutedThing, onDone: (mute: MuteAnswer) => void): Muting {
  const client = useQueryClient()
  const [form, setForm] = useState(() => firstForm(muted))
  const sending = useMutation({
    mutationFn: addMute,
    onSuccess: async (mute) => {
      onDone(mute)
      await forgetMutes(client)
    },
  })
  const bodyNow = (): ReturnType<typeof muteBody> => muteBody(muted, form, Date.now())
  return {
    form,
    change: (part) => setForm((before) => ({ ...before, ...part })),
    isReady: bodyNow() !== null && !sending.isPending,
    isPending: sending.isPending,
    error: sending.error,
    submit: () => {
      const body = bodyNow()
      if (body !== null && !sending.isPending) sending.mutate(body)
    },
  }
}
