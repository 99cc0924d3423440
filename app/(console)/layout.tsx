import { cookies } from 'next/headers'
import type { ReactElement, ReactNode } from 'react'
import { Shell } from '../../components/shell/shell.tsx'
import { CSRF_COOKIE } from '../../lib/auth/cookies.ts'
import { parseTheme, THEME_COOKIE } from '../../lib/client/preferences.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { personQuery } from '../../lib/client/queries/session.ts'
import { statusQuery } from '../../lib/client/queries/status.ts'
import { Prefetched } from './prefetched.tsx'

export default async function ConsoleLayout({ children }: { children: ReactNode }): Promise<ReactElement> {
  const jar = await cookies()
  return (
    <Prefetched queries={[clustersQuery(), statusQuery(), personQuery()]}>
      <Shell theme={parseTheme(jar.get(THEME_COOKIE)?.value)} hasSession={jar.has(CSRF_COOKIE)}>
        {children}
      </Shell>
    </Prefetched>
  )
}
