'use client'

import { useRouter } from 'next/navigation'
import { useTimeZone } from 'next-intl'
import { useEffect } from 'react'
import { rememberPreference, TIME_ZONE_COOKIE } from '../../lib/client/preferences.ts'

/** The server learns the browser's time zone on the first visit; times are then right in the HTML already. */
export function TimeZoneSync(): null {
  const router = useRouter()
  const known = useTimeZone()
  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone
    if (own === known || own === undefined) return
    rememberPreference(TIME_ZONE_COOKIE, own)
    router.refresh()
  }, [known, router])
  return null
}
