'use client'

import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useMemo } from 'react'
import {
  type DurationPart,
  digitsFor,
  formatClock,
  formatCompact,
  formatDateTime,
  formatNumber,
  formatPercent,
  rateDigits,
  roughDuration,
  scaleBytes,
  splitDuration,
  zoneOffsetName,
} from './format.ts'

export interface Format {
  number(value: number): string
  compact(value: number): string
  percent(ratio: number): string
  bytes(bytes: number): string
  bytesExact(bytes: number): string
  perSecond(rate: number): string
  perMinute(rate: number): string
  bytesPerSecond(rate: number): string
  duration(durationMs: number): string
  /** One unit only. */
  roughDuration(durationMs: number): string
  /** "4 s ago", "in 2 h". */
  relative(atMs: number, nowMs: number): string
  /** "2026-11-22 02:10:05 UTC+8" */
  exact(atMs: number): string
  /** "02:10", with the date unless it is today's. */
  clock(atMs: number, nowMs: number): string
  zone(atMs: number): string
}

/** All formatting in the language and time zone of the person. */
export function useFormat(): Format {
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const t = useTranslations('units')
  return useMemo(() => {
    const part = ({ value, unit }: DurationPart): string => t(unit, { value: formatNumber(locale, value) })
    const duration = (durationMs: number): string => splitDuration(durationMs).map(part).join(' ')
    const scaled = (bytes: number): { value: string; unit: string } => {
      const { value, unit } = scaleBytes(bytes)
      return { value: formatNumber(locale, value, digitsFor(value)), unit }
    }
    return {
      number: (value) => formatNumber(locale, value),
      compact: (value) => formatCompact(locale, value),
      percent: (ratio) => formatPercent(locale, ratio),
      bytes: (bytes) => t('bytes', scaled(bytes)),
      bytesExact: (bytes) => t('bytesExact', { value: bytes }),
      perSecond: (rate) => t('perSecond', { value: formatNumber(locale, rate, rateDigits(rate)) }),
      perMinute: (rate) => t('perMinute', { value: formatNumber(locale, rate, rateDigits(rate)) }),
      bytesPerSecond: (rate) => t('bytesPerSecond', scaled(rate)),
      duration,
      roughDuration: (durationMs) => part(roughDuration(durationMs)),
      relative: (atMs, nowMs) => {
        if (Math.abs(nowMs - atMs) < 1000) return t('now')
        return atMs < nowMs
          ? t('ago', { duration: duration(nowMs - atMs) })
          : t('in', { duration: duration(atMs - nowMs) })
      },
      exact: (atMs) => t('exact', { time: formatDateTime(timeZone, atMs), zone: zoneOffsetName(timeZone, atMs) }),
      clock: (atMs, nowMs) => formatClock(timeZone, atMs, nowMs),
      zone: (atMs) => zoneOffsetName(timeZone, atMs),
    }
  }, [locale, timeZone, t])
}
