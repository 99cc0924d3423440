'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { TransformStepInput } from '../../lib/api/schemas/dead-letters.ts'
import type { ReplayPlanAnswer } from '../../lib/api/schemas/replays.ts'
import { oneLine } from '../../lib/client/payload.ts'

const SHOWN_LETTERS = 200

/** The change for all records in words: whoever approves a plan reads it here. */
export function TransformWords({
  steps,
  mark = null,
}: {
  steps: readonly TransformStepInput[]
  /** Null: nothing is planned yet. */
  mark?: ReplayPlanAnswer['transform']
}): ReactElement | null {
  const t = useTranslations('replays.change')
  if (steps.length === 0) return null
  return (
    <div>
      <p className="font-semibold">{t('applied')}</p>
      <ul className="mt-1 space-y-0.5 border-line border-l-2 pl-3">
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a plan never change, and their order counts.
          <li key={at} className="break-words">
            {t.rich(`words.${step.kind}`, {
              path: oneLine('path' in step ? step.path : step.name, SHOWN_LETTERS),
              value: oneLine(newValue(step), SHOWN_LETTERS),
              code: (text) => <Code>{text}</Code>,
            })}
          </li>
        ))}
      </ul>
      {mark === null ? null : (
        <p className="mt-1 text-ink3 text-xs">
          {t('mark', { version: mark.version })} <code className="break-all font-mono">{mark.digest}</code>
        </p>
      )}
    </div>
  )
}

function newValue(step: TransformStepInput): string {
  if (step.kind === 'setValue') return step.json
  return step.kind === 'setHeader' ? (step.value ?? '') : ''
}

function Code({ children }: { children: ReactNode }): ReactElement {
  return <code className="rounded-sm bg-line2 px-1 font-mono text-xs">{children}</code>
}
