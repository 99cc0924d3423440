'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ConnectionTestAnswer } from '../../lib/api/schemas/clusters.ts'
import { ApiError } from '../../lib/client/api.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { ErrorState } from '../ui/states.tsx'

const STEPS = ['configuration', 'connect', 'tls', 'authenticate', 'metadata', 'reachBrokers', 'permissions'] as const

/** What was tried, in its order, up to the first step that failed. */
export function ConnectionSteps({ answer }: { answer: ConnectionTestAnswer }): ReactElement {
  const t = useTranslations('clusters.test')
  return (
    <section className="mt-4 rounded-md border border-line" aria-label={t('title')} aria-live="polite">
      <p className="border-line border-b px-3 py-2 font-semibold">{answer.ok ? t('good') : t('bad')}</p>
      <ol className="divide-y divide-line2">
        {answer.steps.map((step) => {
          const known = STEPS.find((name) => name === step.name)
          return (
            <li key={step.name} className="flex gap-3 px-3 py-2">
              <StateGlyph
                level={step.ok ? 'safe' : 'losing'}
                label={step.ok ? t('ok') : t('failed')}
                className="mt-0.5 shrink-0"
              />
              <div className="min-w-0 break-words">
                <p>{known === undefined ? step.name : t(`steps.${known}`)}</p>
                {step.message === null ? null : <p className="text-ink2">{step.message}</p>}
                {step.fix === null ? null : <p className="text-ink2">{step.fix}</p>}
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** A refused request: what is wrong, and with which field. */
export function RequestProblem({ error }: { error: unknown }): ReactElement | null {
  if (error === null || error === undefined) return null
  const faults = error instanceof ApiError ? (error.problem?.errors ?? []) : []
  return (
    <div className="mt-4 rounded-md border border-line">
      <ErrorState error={error} className="py-3" />
      {faults.length === 0 ? null : (
        <ul className="border-line border-t px-4 py-2">
          {faults.map((fault) => (
            <li key={`${fault.path} ${fault.message}`} className="break-words">
              <code className="font-mono text-xs">{fault.path}</code> {fault.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
