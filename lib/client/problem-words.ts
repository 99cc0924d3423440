'use client'

import { useTranslations } from 'next-intl'
import { useCallback } from 'react'
import { ApiError, type ClientErrorCode } from './api.ts'

export interface ProblemWords {
  title: string
  detail: string | null
  fix: string | null
}

const CLIENT_CODES: readonly ClientErrorCode[] = ['network_unreachable', 'deadline_passed', 'bad_answer']

/**
 * Words for anything a query may fail with. The server's own title, detail and fix are already in the language of
 * the person; when no answer came, the words are ours.
 */
export function useProblemWords(): (error: unknown) => ProblemWords {
  const t = useTranslations('ui.problems')
  return useCallback(
    (error) => {
      if (error instanceof ApiError && error.problem !== null) {
        const { title, detail, fix } = error.problem
        return { title, detail, fix: fix ?? null }
      }
      const code = error instanceof ApiError ? CLIENT_CODES.find((candidate) => candidate === error.code) : undefined
      const key = code ?? 'unexpected'
      return { title: t(`${key}.title`), detail: t(`${key}.detail`), fix: t(`${key}.fix`) }
    },
    [t],
  )
}
