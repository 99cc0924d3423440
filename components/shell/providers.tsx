'use client'

import { QueryClientProvider } from '@tanstack/react-query'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactElement, ReactNode } from 'react'
import { NowProvider } from '../../lib/client/now.tsx'
import { getQueryClient } from '../../lib/client/query-client.ts'

/** What every page's client components rely on. */
export function Providers({ serverNowMs, children }: { serverNowMs: number; children: ReactNode }): ReactElement {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <NuqsAdapter>
        <NowProvider serverNowMs={serverNowMs}>{children}</NowProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  )
}
