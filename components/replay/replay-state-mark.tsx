'use client'

import {
  Ban,
  Bird,
  Check,
  ClipboardCheck,
  ClipboardList,
  ClipboardX,
  type LucideIcon,
  OctagonPause,
  Pause,
  Play,
  UserRoundCheck,
  UserRoundSearch,
  X,
} from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ReplayState } from '../../lib/client/replay-views.ts'
import { cn } from '../ui/cn.ts'

/** Colour only where somebody is waited for, where it is held, and where it failed. */
const LOOKS: Record<ReplayState, { Icon: LucideIcon; text: string }> = {
  planning: { Icon: ClipboardList, text: 'text-ink2' },
  planFailed: { Icon: ClipboardX, text: 'text-risk' },
  planned: { Icon: ClipboardCheck, text: 'text-ink' },
  awaitingApproval: { Icon: UserRoundSearch, text: 'text-risk' },
  approved: { Icon: UserRoundCheck, text: 'text-ink' },
  canary: { Icon: Bird, text: 'text-watch' },
  running: { Icon: Play, text: 'text-watch' },
  paused: { Icon: Pause, text: 'text-risk' },
  braked: { Icon: OctagonPause, text: 'text-risk' },
  completed: { Icon: Check, text: 'text-safe' },
  cancelled: { Icon: Ban, text: 'text-ink2' },
  failed: { Icon: X, text: 'text-losing' },
}

export function ReplayStateMark({ state, className }: { state: ReplayState; className?: string }): ReactElement {
  const t = useTranslations('replays.states')
  const { Icon, text } = LOOKS[state]
  return (
    <span data-replay-state={state} className={cn('inline-flex items-center gap-1.5 font-semibold', text, className)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {t(state)}
    </span>
  )
}
