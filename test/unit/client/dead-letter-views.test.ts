import { describe, expect, it } from 'vitest'
import type { DlqAnswer } from '../../../lib/api/schemas/dlqs.ts'
import {
  expiryLevel,
  isArriving,
  isNeedUnknown,
  needsPerson,
  removalOf,
  scanProgress,
  splitClassName,
  templateParts,
  trendOf,
} from '../../../lib/client/dead-letter-views.ts'
import { FAULT_CODES } from '../../../lib/dlq/dead-letter.ts'
import { en } from '../../../lib/i18n/en.ts'

const NOW_MS = Date.parse('2026-11-28T12:00:00Z')

function at(minutes: number): string {
  return new Date(NOW_MS + minutes * 60_000).toISOString()
}

function dlq(topic: string, fields: Partial<DlqAnswer> = {}): DlqAnswer {
  return {
    ...{ id: `a/${topic}`, clusterId: 'a', topic, format: null, sourceTopics: [], groups: [], isReadable: null },
    ...{ depth: 5, depthIsUpperBound: false, stored: 5, isPartial: false, oldestAt: null, arrivalsPerMinute: 0 },
    expiresAt: { state: 'unknown', earliest: null, latest: null, because: 'retention' },
    ...fields,
  }
}

function expiring(minutes: number): Partial<DlqAnswer> {
  return { expiresAt: { state: 'forecast', earliest: at(minutes), latest: at(minutes), because: 'retention' } }
}

describe('a message template', () => {
  it('is cut at what varies', () => {
    expect(templateParts('<*> took <*> ms')).toEqual([
      { text: '<*>', isValue: true },
      { text: ' took ', isValue: false },
      { text: '<*>', isValue: true },
      { text: ' ms', isValue: false },
    ])
    expect(templateParts('plain')).toEqual([{ text: 'plain', isValue: false }])
    expect(templateParts('')).toEqual([])
  })
})

describe('a trend', () => {
  it('ends where it says', () => {
    const trend = trendOf({ trend: [1, 0, 4], trendStepSeconds: 60, trendUntil: at(0) })
    expect(trend?.points.map(({ t, last }) => [t - NOW_MS, last])).toEqual([
      [-180_000, 1],
      [-120_000, 0],
      [-60_000, 4],
    ])
    expect(trend?.bounds).toEqual({ fromMs: NOW_MS - 180_000, toMs: NOW_MS })
  })

  it('is unknown without times', () => {
    expect(trendOf({ trend: [1], trendStepSeconds: 60, trendUntil: null })).toBeNull()
  })

  it('goes on while records arrive', () => {
    expect(isArriving({ lastSeenAt: at(-9) }, NOW_MS)).toBe(true)
    expect(isArriving({ lastSeenAt: at(-11) }, NOW_MS)).toBe(false)
    expect(isArriving({ lastSeenAt: null }, NOW_MS)).toBe(false)
  })
})

describe('how far a queue is counted', () => {
  const half = [{ partition: 0, broker: null, offset: 150, endOffset: 200 }]

  it.each([
    ['half of it', { scannedTo: half, complete: false }, 100, { readRecords: 50, ratio: 0.5, isUnread: false }],
    ['not begun', { scannedTo: [], complete: false }, 100, { isUnread: true }],
    ['all of it', { scannedTo: half, complete: true }, 100, { ratio: 1, isComplete: true }],
    ['an empty queue', { scannedTo: [], complete: true }, 0, { ratio: 1, isUnread: false }],
    ['an unknown size', { scannedTo: half, complete: false }, null, { readRecords: null, ratio: null }],
    [
      'an unknown end',
      { scannedTo: [{ partition: 0, broker: null, offset: 150, endOffset: null }], complete: false },
      100,
      { readRecords: null, ratio: null, isUnread: false },
    ],
  ])('%s', (_name, answer, stored, expected) => {
    expect(scanProgress(answer, stored)).toMatchObject(expected)
  })
})

describe('what needs a person', () => {
  it('is what expires soonest, then what fills fastest', () => {
    const needs = needsPerson(
      [
        dlq('quiet'),
        dlq('slow', { arrivalsPerMinute: 1 }),
        dlq('fast', { arrivalsPerMinute: 40 }),
        dlq('tomorrow', expiring(23 * 60)),
        dlq('soon', expiring(90)),
        dlq('gone', expiring(-5)),
        dlq('later', expiring(3 * 24 * 60)),
        dlq('empty', { depth: 0, stored: 0, ...expiring(5) }),
      ],
      NOW_MS,
    )
    expect(needs.map(({ kind, dlq: { topic }, level }) => [topic, kind, level])).toEqual([
      ['gone', 'expired', 'atRisk'],
      ['soon', 'expiring', 'atRisk'],
      ['tomorrow', 'expiring', 'watch'],
      ['fast', 'arriving', 'watch'],
      ['slow', 'arriving', 'watch'],
    ])
  })

  it('is what nobody can read, also when its depth is not known', () => {
    const needs = needsPerson([dlq('%DLQ%a', { isReadable: false, depth: null })], NOW_MS)
    expect(needs.map(({ kind }) => kind)).toEqual(['writeOnly'])
  })

  it.each<[string, boolean, Partial<DlqAnswer>]>([
    ['neither fills nor expires soon', false, {}],
    ['is empty, whatever else is not known', false, { depth: 0, arrivalsPerMinute: null }],
    ['was looked at for less than a minute', true, { arrivalsPerMinute: null }],
    [
      'expires nobody knows when',
      true,
      { expiresAt: { state: 'unknown', earliest: null, latest: null, because: 'retention' } },
    ],
    ['holds nobody knows how much', true, { depth: null, stored: null }],
    ['holds something, how much of it handled nobody knows', false, { depth: null }],
  ])('of a queue that %s is unknown: %s', (_name, expected, fields) => {
    expect(isNeedUnknown([dlq('a', { ...expiring(9 * 24 * 60), ...fields })])).toBe(expected)
  })

  it('has the colour of its hour', () => {
    expect(expiryLevel(dlq('a', expiring(60)), NOW_MS)).toBe('atRisk')
    expect(expiryLevel(dlq('a', expiring(20 * 60)), NOW_MS)).toBe('watch')
    expect(expiryLevel(dlq('a'), NOW_MS)).toBeNull()
  })
})

describe('names', () => {
  it('of classes part before what people know them by', () => {
    expect(splitClassName('com.acme.Pay$Declined')).toEqual(['com.acme.Pay$', 'Declined'])
    expect(splitClassName('TypeError')).toEqual(['', 'TypeError'])
  })

  it('of headers say what a replay does with them', () => {
    const removed = new Set(['kafka_dlt-exception-fqcn', 'holdfast-replay-id'])
    expect(
      ['trace-id', 'kafka_dlt-exception-fqcn', 'holdfast-replay-id'].map((name) => removalOf(name, removed)),
    ).toEqual(['kept', 'removed', 'replaced'])
  })
})

it('every fault of a header has words', () => {
  expect(Object.keys(en.deadLetters.headerFault).sort()).toEqual([...FAULT_CODES].sort())
})
