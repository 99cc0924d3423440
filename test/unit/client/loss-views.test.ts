import { describe, expect, it, test } from 'vitest'
import type { ClusterAnswer } from '../../../lib/api/schemas/clusters.ts'
import { openLossesOfAll } from '../../../lib/client/cluster-views.ts'
import { LOSS_LEVEL, lossState, parseLossFilter, shownEvidence, timelineOf } from '../../../lib/client/loss-views.ts'
import { reasonState, soonestHarm } from '../../../lib/client/reason-views.ts'
import { DAY_MS, HOUR_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 0, 5)
const found = (agoMs: number): { firstDetectedAt: string } => ({
  firstDetectedAt: new Date(NOW_MS - agoMs).toISOString(),
})

test.each([
  ['open', 'open'],
  ['all', 'all'],
  ['acknowledged', 'acknowledged'],
  ['', 'open'],
  ['else', 'open'],
])('the address "%s" asks for %s', (text, filter) => {
  expect(parseLossFilter(text)).toBe(filter)
})

test.each([
  [null, false, 'losing'],
  [null, true, 'watch'],
  ['2026-01-01T00:00:00.000Z', false, 'safe'],
  ['2026-01-01T00:00:00.000Z', true, 'safe'],
])('acknowledged %s, abandoned %s is shown as %s', (acknowledgedAt, isAbandoned, level) => {
  expect(LOSS_LEVEL[lossState({ acknowledgedAt, isAbandoned })]).toBe(level)
})

describe('the line of time', () => {
  it('is not there without losses', () => {
    expect(timelineOf([], NOW_MS)).toBeNull()
  })
  it.each([
    ['one that was just found', [0], HOUR_MS],
    ['old and new ones', [3 * DAY_MS, HOUR_MS], 3 * DAY_MS],
  ])('%s lie inside, with room on both sides', (_, ages, spanMs) => {
    const bounds = timelineOf(ages.map(found), NOW_MS)
    expect(bounds?.fromMs).toBeLessThan(NOW_MS - Math.max(...ages))
    expect(bounds?.toMs).toBeGreaterThan(NOW_MS)
    expect((bounds?.toMs ?? 0) - (bounds?.fromMs ?? 0)).toBeCloseTo(spanMs * 1.07, -1)
  })
  it('reaches to what was found after the oldest poll', () => {
    expect(timelineOf([found(0), found(-HOUR_MS)], NOW_MS)?.toMs).toBeGreaterThan(NOW_MS + HOUR_MS)
  })
})

test('only evidence that has words is shown, in its order', () => {
  const known = (name: string): name is 'a' | 'b' => name === 'a' || name === 'b'
  expect(shownEvidence({ b: 1, c: 2, a: 'x' }, known)).toEqual([
    ['b', 1],
    ['a', 'x'],
  ])
})

test('open losses are summed over the clusters whose ledger is known', () => {
  expect(openLossesOfAll([{ openLosses: 2 }, { openLosses: null }, { openLosses: 1 }])).toBe(3)
})

test('an open loss is losing, and goes on until somebody knows of it', () => {
  const reason = {
    ...{ code: 'cluster.openLosses', severity: 'critical' as const, subject: { type: 'cluster' as const, name: '' } },
    ...{ facts: { count: 1 }, message: '1 loss', at: new Date(NOW_MS).toISOString() },
  }
  expect(reasonState(reason)).toBe('losing')
  const cluster = { id: 'c', verdict: { level: 'losing', stale: false, reasons: [reason] } } as unknown as ClusterAnswer
  expect(soonestHarm([cluster])[0]?.when).toBe('goingOn')
})
