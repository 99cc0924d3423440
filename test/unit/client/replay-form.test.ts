import { describe, expect, test } from 'vitest'
import { createReplayBody } from '../../../lib/api/schemas/replays.ts'
import {
  bodyOf,
  faultsOf,
  firstForm,
  numberOf,
  type ReplayForm,
  recordsPerSecondOf,
  waitSecondsOf,
} from '../../../lib/client/replay-form.ts'

const source = { clusterId: 'shop', topic: 'orders-dlt', selection: { all: true as const } }
const written: ReplayForm = { ...firstForm(1_000, 'origin'), reason: ' mended ' }

describe('the first form', () => {
  test('is the safe one: limited, with canary and every brake, and nothing dangerous agreed to', () => {
    expect(createReplayBody.parse(bodyOf(source, written, []))).toEqual({
      clusterId: 'shop',
      topic: 'orders-dlt',
      selection: { all: true },
      target: { mode: 'origin' },
      rate: { recordsPerSecond: 100, bytesPerSecond: null },
      canary: { count: 20, waitSeconds: 60 },
      brake: { maxAddedLag: 10_000, maxReturnRatio: 0.02, isr: true },
      graceSeconds: 10,
      maxAttempts: 3,
      keepHeaders: false,
      accept: { guessedOrigins: false, queueTargets: false, staleKeys: false },
      reason: 'mended',
    })
  })

  test.each([
    ['few records', 49, false],
    ['many records', 50, true],
    ['a number that nobody knows', null, true],
  ])('has a canary for %s: %#', (_, records, canary) => {
    expect(firstForm(records, 'origin').canary).toBe(canary)
  })

  test('cannot be sent without a reason', () => {
    expect(faultsOf(firstForm(5, 'origin'))).toEqual(['reason'])
    expect(faultsOf({ ...written, reason: ' \n' })).toEqual(['reason'])
    expect(faultsOf(written)).toEqual([])
  })
})

describe('what is sent', () => {
  test('holds another topic and cluster only where these were chosen', () => {
    const typed = {
      ...written,
      topic: ' copy ',
      clusterId: 'test',
      acceptQueueTargets: true,
      acceptGuessedOrigins: true,
    }
    expect(bodyOf(source, typed, []).target).toEqual({ mode: 'origin' })
    expect(bodyOf(source, typed, []).accept).toEqual({ guessedOrigins: true, queueTargets: false, staleKeys: false })
    expect(bodyOf(source, { ...typed, mode: 'retry' }, []).accept).toMatchObject({ guessedOrigins: true })
    const other = bodyOf(source, { ...typed, mode: 'topic' }, [])
    expect(other.target).toEqual({ mode: 'topic', topic: 'copy', clusterId: 'test' })
    expect(other.accept).toEqual({ guessedOrigins: false, queueTargets: true, staleKeys: false })
  })

  test('is unlimited only when that was chosen', () => {
    expect(recordsPerSecondOf({ pace: 'unlimited', recordsPerSecond: '5' })).toBeNull()
    expect(waitSecondsOf({ canary: true, canaryWaitSeconds: '60', graceSeconds: '10' })).toBe(70)
    expect(waitSecondsOf({ canary: false, canaryWaitSeconds: '60', graceSeconds: '10' })).toBe(10)
    expect(waitSecondsOf({ canary: true, canaryWaitSeconds: '', graceSeconds: '10' })).toBeNull()
    const empty: ReplayForm = { ...written, pace: 'custom', recordsPerSecond: '' }
    expect(faultsOf(empty)).toEqual(['recordsPerSecond'])
    expect(bodyOf(source, { ...empty, recordsPerSecond: '0.5' }, []).rate?.recordsPerSecond).toBe(0.5)
  })

  test('switches off each brake by itself', () => {
    const off = { ...written, brakeIsr: false, brakeLag: false, brakeReturns: false }
    expect(bodyOf(source, off, []).brake).toEqual({ maxAddedLag: null, maxReturnRatio: null, isr: null })
  })

  test('takes handled records by the form alone, whatever the address says', () => {
    const both = { ...source, selection: { ...source.selection, includeHandled: true } }
    expect(bodyOf(both, written, []).selection).toEqual({ all: true })
    expect(bodyOf(source, { ...written, includeHandled: true }, []).selection).toEqual({
      all: true,
      includeHandled: true,
    })
  })
})

test.each([
  ['canaryCount', '0', null],
  ['canaryCount', '1.5', null],
  ['canaryCount', '20', 20],
  ['canaryWaitSeconds', '0', 0],
  ['maxReturnPercent', '2,5', null],
  ['maxReturnPercent', '101', null],
  ['recordsPerSecond', 'Infinity', null],
  ['recordsPerSecond', '  ', null],
] as const)('a field takes only its numbers: %s %s', (field, text, value) => {
  expect(numberOf(field, text)).toBe(value)
})
