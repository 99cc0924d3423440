import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { isTimeZone, LOCALE_COOKIE, TIME_ZONE_COOKIE } from '../client/preferences.ts'
import { chooseLocale } from './locale.ts'
import { messagesOf } from './messages.ts'

export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()])
  const zone = jar.get(TIME_ZONE_COOKIE)?.value
  const locale = chooseLocale(jar.get(LOCALE_COOKIE)?.value, head.get('accept-language'))
  return { locale, messages: messagesOf(locale), timeZone: isTimeZone(zone) ? zone : 'UTC', now: new Date() }
})
