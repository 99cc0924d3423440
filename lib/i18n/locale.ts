export const LOCALES = ['en', 'zh'] as const
export type Locale = (typeof LOCALES)[number]
export const DEFAULT_LOCALE: Locale = 'en'

/** Of the languages as the configuration names them. */
export const LOCALE_OF = { en: 'en', 'zh-CN': 'zh' } as const satisfies Record<string, Locale>

function isLocale(text: string | null | undefined): text is Locale {
  return LOCALES.some((locale) => locale === text)
}

interface Wish {
  language: string
  weight: number
}

function parseWish(part: string): Wish {
  const [tag = '', ...parameters] = part.trim().split(';')
  const weight = parameters.map((parameter) => /^\s*q=([0-9.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
  return { language: tag.trim().toLowerCase().split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight) }
}

/** The language a person chose, else the best one the browser asks for, else English. */
export function chooseLocale(chosen: string | null | undefined, acceptLanguage: string | null | undefined): Locale {
  if (isLocale(chosen)) return chosen
  const wishes = (acceptLanguage ?? '').split(',').map(parseWish)
  const best = wishes
    .filter((wish) => wish.weight > 0 && isLocale(wish.language))
    .sort((left, right) => right.weight - left.weight)[0]
  return isLocale(best?.language) ? best.language : DEFAULT_LOCALE
}
