import { useTranslations } from 'next-intl'
import type { HoldAnswer } from '../../lib/api/schemas/holds.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { HOUR_MS } from '../../lib/units.ts'

const UNLIMITED = '-1'
/** Hours, of a broker of RocketMQ. */
const RESERVED_TIME = 'fileReservedTime'

/** Values of retention as people read them: 604800000 of `retention.ms` is "7 d", 72 of `fileReservedTime` "3 d". */
export function useSettingValue(): (name: string, value: string) => string {
  const t = useTranslations('holds.dialog')
  const format = useFormat()
  return (name, value) => {
    const number = Number(value)
    if (!Number.isFinite(number)) return value
    if (name.endsWith(RESERVED_TIME)) return format.duration(number * HOUR_MS)
    if (value === UNLIMITED) return t('unlimited')
    return name.endsWith('.ms') ? format.duration(number) : format.bytes(number)
  }
}

/** What was there before, as the system's own tools would show it: several settings side by side. */
export function useBefore(): (settings: HoldAnswer['settings']) => string {
  const t = useTranslations('holds')
  return (settings) =>
    settings
      .map(({ name, before }) => (before === null ? t('settingNone', { name }) : t('setting', { name, value: before })))
      .join(t('separator'))
}
