import { describe, expect, test } from 'vitest'
import type { CauseAnswer, CauseListAnswer } from '../../../lib/api/schemas/dead-letters.ts'
import type { DlqAnswer } from '../../../lib/api/schemas/dlqs.ts'
import { retryTopicsOf, selectionFacts } from '../../../lib/client/selection-facts.ts'

function cause(fingerprint: string, count: number, originTopics: string[], groups: string[]): CauseAnswer {
  return {
    ...{ fingerprint, exception: null, message: null, frame: null, format: null, count, handledCount: 0 },
    ...{
      expiredCount: 0,
      returnedCount: 0,
      firstSeenAt: null,
      lastSeenAt: null,
      trend: [],
      trendStepSeconds: 60,
      trendUntil: null,
    },
    ...{ originTopics, groups, sample: null, fixFirst: false },
  }
}

const causes: CauseListAnswer = {
  items: [cause('a', 10, ['orders'], ['billing']), cause('b', 5, ['payments'], ['mail'])],
  ...{ nextCursor: null, asOf: null, total: 2, scannedTo: [], complete: true, expiredUnknownOffsets: 0 },
}
const dlq: DlqAnswer = {
  ...{ id: 'c/t', clusterId: 'c', topic: 't', format: null, sourceTopics: ['guessed'], groups: [], isReadable: null },
  ...{ depth: 20, depthIsUpperBound: false, stored: 30, isPartial: false, oldestAt: null, arrivalsPerMinute: null },
  expiresAt: { state: 'none', earliest: null, latest: null, because: 'empty' },
}

describe('how many records a selection has', () => {
  test.each([
    ['all of a queue', { all: true }, 20, false],
    ['chosen causes', { causes: ['a', 'b'] }, 15, false],
    ['a cause and a time', { causes: ['a'], fromTime: '2026-01-01T00:00:00Z' }, 10, true],
    ['a cause that is gone', { causes: ['a', 'gone'] }, null, false],
    ['records by hand', { offsets: [{ partition: 0, offset: 1 }] }, 1, true],
    ['a text', { q: 'x' }, 20, true],
    ['handled ones too', { all: true, includeHandled: true }, null, false],
  ] as const)('%s', (_, selection, records, isUpperBound) => {
    const copy = structuredClone(selection) as Parameters<typeof selectionFacts>[0]
    expect(selectionFacts(copy, causes, dlq)).toMatchObject({ records, isUpperBound })
  })

  test('is not known from causes that are still being counted', () => {
    expect(selectionFacts({ causes: ['a'] }, { ...causes, complete: false }, dlq).records).toBeNull()
    expect(selectionFacts({ all: true }, undefined, undefined).records).toBeNull()
  })
})

test('origins and groups are those of the chosen causes, else of the queue', () => {
  expect(selectionFacts({ causes: ['b'] }, causes, dlq)).toMatchObject({ originTopics: ['payments'], groups: ['mail'] })
  expect(selectionFacts({ all: true }, causes, dlq).groups).toEqual(['billing', 'mail'])
  expect(selectionFacts({ all: true }, undefined, dlq).originTopics).toEqual(['guessed'])
})

test('retry topics belong to an origin by their whole name', () => {
  const all = ['orders-retry-0', 'orders.retry', 'orders2-retry-0', 'payments-retry', 'orders-other']
  expect(retryTopicsOf(['orders'], all)).toEqual(['orders-retry-0', 'orders.retry'])
})
