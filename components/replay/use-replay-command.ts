'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import type { CreateReplayInput, ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import {
  changeRate,
  commandReplay,
  REPLAYS_KEY,
  type ReplayCommand,
  replayQuery,
} from '../../lib/client/queries/replays.ts'

interface Sent {
  isPending: boolean
  error: unknown
  reset(): void
}

/** Shows the answer at once and asks again for everything that it changes. */
function useReplaySend<Input>(id: string, send: (input: Input) => Promise<ReplayAnswer>, onDone?: () => void) {
  const client = useQueryClient()
  const isSent = useRef(false)
  const { mutate, ...mutation } = useMutation({
    mutationFn: send,
    onSuccess: async (replay) => {
      await client.cancelQueries({ queryKey: replayQuery(id).queryKey })
      client.setQueryData(replayQuery(id).queryKey, replay)
      onDone?.()
      await client.invalidateQueries({ queryKey: REPLAYS_KEY })
    },
    onSettled: () => {
      isSent.current = false
    },
  })
  /** A second press before the answer is the same wish, not another one. */
  const once = (input: Input): void => {
    if (isSent.current) return
    isSent.current = true
    mutate(input)
  }
  return { ...mutation, once }
}

export function useReplayCommand(replay: Pick<ReplayAnswer, 'id' | 'planHash'>): Sent & {
  command(command: ReplayCommand): void
  /** What is on its way. */
  sent: ReplayCommand | null
} {
  const { id, planHash } = replay
  const { once, isPending, error, reset, variables } = useReplaySend(id, (command: ReplayCommand) =>
    commandReplay(id, command, planHash),
  )
  return { command: once, isPending, error, reset, sent: isPending ? (variables ?? null) : null }
}

export function useRateChange(
  id: string,
  onDone: () => void,
): Sent & { change(rate: NonNullable<CreateReplayInput['rate']>): void } {
  const { once, isPending, error, reset } = useReplaySend(
    id,
    (rate: NonNullable<CreateReplayInput['rate']>) => changeRate(id, rate),
    onDone,
  )
  return { change: once, isPending, error, reset }
}
