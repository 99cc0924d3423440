/** Choices of the person at this browser. They live in cookies so that the server's first HTML already honours them. */
export const THEME_COOKIE = 'holdfast_theme'
export const LOCALE_COOKIE = 'holdfast_locale'
export const TIME_ZONE_COOKIE = 'holdfast_zone'

/** Set by the web server on every request for the pages that it renders; never trusted further than sign-in does. */
export const REQUESTED_PATH_HEADER = 'x-holdfast-path'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export function parseTheme(text: string | null | undefined): Theme {
  return THEMES.find((theme) => theme === text) ?? 'system'
}

export function isTimeZone(text: string | null | undefined): text is string {
  if (!text) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    // The constructor is the only way to ask whether a zone exists; a cookie may hold anything.
    return false
  }
}

const YEAR_SECONDS = 31_536_000

/** Not secret and not used for access: readable by scripts on purpose. */
export function rememberPreference(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and a reload may follow at once.
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`
}
