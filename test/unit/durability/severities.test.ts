import { describe, expect, it } from 'vitest'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import type { Severity } from '../../../lib/durability/observation.ts'
import { severityFinder, type Tuning } from '../../../lib/durability/severities.ts'
import { DAY_MS } from '../../../lib/units.ts'

const NOW_MS = 1_700_000_000_000

function tuning(severity: Severity, over: Partial<Tuning> = {}): Tuning {
  return { id: 't', code: 'topic.minIsrOne', cluster: '*', subject: '*', untilAtMs: NOW_MS + DAY_MS, severity, ...over }
}

function severityOf(tunings: Tuning[], code: FindingCode = 'topic.minIsrOne', name = 'orders'): Severity | null {
  const severities = { 'topic.minIsrOne': 'warning', 'group.unreadDeleted': 'info' } as const
  return severityFinder(severities, tunings, 'live', NOW_MS)({ code, subject: { type: 'topic', name } })
}

describe('the severity of a finding', () => {
  it.each<[string, Tuning[], Severity | null]>([
    ['is what is said of the code', [], 'warning'],
    ['is what is said of its subject', [tuning('high', { subject: 'ord*' })], 'high'],
    ['is not what is said of another subject', [tuning('high', { subject: 'pay.*' })], 'warning'],
    ['is not what is said of another cluster', [tuning('high', { cluster: 'test-*' })], 'warning'],
    ['is not what is said of another code', [tuning('high', { code: 'topic.singleRack' })], 'warning'],
    ['is not what has ended', [tuning('high', { untilAtMs: NOW_MS })], 'warning'],
    ['is what holds longest', [tuning('high'), tuning('info', { untilAtMs: NOW_MS + 2 * DAY_MS })], 'info'],
  ])('%s', (_, tunings, severity) => {
    expect(severityOf(tunings)).toBe(severity)
  })

  it('is the rule’s own where nobody says otherwise', () => {
    expect(severityOf([tuning('high')], 'topic.singleRack')).toBeNull()
  })

  it.each(['group.unreadDeleted', 'cluster.partlyUnknown'] as const)(
    'is the rule’s own whatever is said: %s',
    (code) => {
      expect(severityOf([tuning('info', { code })], code)).toBeNull()
    },
  )
})
