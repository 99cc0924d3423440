'use client'

import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { ApiError, apiSend } from '../../lib/client/api.ts'
import { Button } from '../ui/button.tsx'
import { TextInput } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'
import { LanguageSwitch } from './preferences.tsx'

/** Only an address of this console: a link must not carry a person who just signed in to another site. */
export function safeNext(next: string | null, origin: string): string {
  if (next === null) return '/'
  const url = URL.parse(next, origin)
  return url?.origin === origin && next.startsWith('/') ? `${url.pathname}${url.search}` : '/'
}

export function SignIn({ next }: { next: string | null }): ReactElement {
  const t = useTranslations('signIn')
  const [token, setToken] = useState('')
  const signIn = useMutation({
    mutationFn: () => apiSend<unknown>('POST', '/api/v1/session', { token: token.trim() }),
    onSuccess: () => window.location.assign(safeNext(next, window.location.origin)),
  })
  const isWrong = signIn.error instanceof ApiError && signIn.error.status === 401
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center px-4 py-8">
      <title>{`${t('title')} · Holdfast`}</title>
      <div className="panel px-6 py-6">
        <h1 className="font-semibold text-xl">{t('title')}</h1>
        <p className="mt-1 mb-4 text-ink2">{t('text')}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (token.trim() !== '') signIn.mutate()
          }}
        >
          <label htmlFor="token" className="mb-1 block font-semibold">
            {t('token')}
          </label>
          <TextInput
            id="token"
            type="password"
            autoComplete="current-password"
            required
            value={token}
            onChange={(event) => setToken(event.target.value)}
            aria-invalid={isWrong}
            aria-describedby="token-hint"
          />
          <p id="token-hint" role="alert" className="mt-1 min-h-5 text-losing">
            {isWrong ? t('wrong') : ''}
          </p>
          <Button type="submit" look="primary" className="mt-2 h-9 w-full" disabled={signIn.isPending}>
            {signIn.isPending ? t('working') : t('submit')}
          </Button>
        </form>
        {signIn.error === null || isWrong ? null : <ErrorState error={signIn.error} className="mt-3 px-0 py-0" />}
      </div>
      <div className="mt-3 flex justify-center">
        <LanguageSwitch />
      </div>
    </main>
  )
}
