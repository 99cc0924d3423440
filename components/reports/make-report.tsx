'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { useProblemWords } from '../../lib/client/problem-words.ts'
import { forgetReports, makeReport } from '../../lib/client/queries/reports.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { DAY_MS } from '../../lib/units.ts'
import { reportHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'

const SPANS = { day: DAY_MS, week: 7 * DAY_MS } as const
type Span = keyof typeof SPANS
const SPAN_NAMES: readonly Span[] = ['day', 'week']

/** Makes a report of the time up to now, and leads to it. Nothing for whoever may only read. */
export function MakeReport(): ReactElement | null {
  const t = useTranslations('reports.make')
  const [span, setSpan] = useState<Span>('day')
  const mayMake = useRights().may('reports:write')
  const router = useRouter()
  const client = useQueryClient()
  const words = useProblemWords()
  const make = useMutation({
    mutationFn: () => makeReport(SPANS[span]),
    onSuccess: async ({ id }) => {
      await forgetReports(client)
      router.push(reportHref(id))
    },
  })
  if (!mayMake) return null
  return (
    <>
      {make.error === null ? null : (
        <p role="alert" className="text-losing text-xs">
          {words(make.error).title}
        </p>
      )}
      <Select<Span>
        aria-label={t('label')}
        value={span}
        options={SPAN_NAMES.map((value) => ({ value, label: t(value) }))}
        onValueChange={setSpan}
      />
      <Button disabled={make.isPending} onClick={() => make.mutate()}>
        {make.isPending ? t('working') : t('submit')}
      </Button>
    </>
  )
}
