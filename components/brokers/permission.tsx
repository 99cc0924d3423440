import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { Unknown } from '../ui/values.tsx'

const READ = 4
const WRITE = 2

/** RocketMQ's permission bits in words; anything less than both stops somebody. */
export function Permission({ value }: { value: number | null }): ReactElement {
  const t = useTranslations('brokers.permission')
  if (value === null) return <Unknown />
  const mayRead = (value & READ) !== 0
  const mayWrite = (value & WRITE) !== 0
  if (mayRead && mayWrite) return <span>{t('both')}</span>
  return <span className="text-risk">{t(mayRead ? 'readOnly' : mayWrite ? 'writeOnly' : 'none')}</span>
}
