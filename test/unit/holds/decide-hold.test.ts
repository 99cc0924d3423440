import { describe, expect, test } from 'vitest'
import { type HoldStep, nextStep, type PresentTopic, withFound } from '../../../lib/holds/decide-hold.ts'
import type { HoldState } from '../../../lib/holds/hold.ts'

const NOW_MS = 1_000_000
const WEEK = '604800000'
const SETTINGS = [
  { name: 'retention.ms', before: null, effectiveBefore: [WEEK], held: '-1', foundInstead: null },
  { name: 'retention.bytes', before: '5000', effectiveBefore: ['5000'], held: '-1', foundInstead: null },
]
const BEFORE = [null, '5000'] as const
const HELD = ['-1', '-1'] as const

type Overrides = readonly [string | null, string | null]

function present([retentionMs, retentionBytes]: Overrides, topicId: string | null = 'id'): PresentTopic {
  const overrides = new Map([
    ['retention.ms', retentionMs],
    ['retention.bytes', retentionBytes],
    ['cleanup.policy', 'delete'],
  ])
  return { topicId, overrides, unanswered: new Set() }
}

function step(state: HoldState, topic: PresentTopic, untilAtMs = NOW_MS + 1): HoldStep {
  return nextStep({ state, topicId: 'id', settings: SETTINGS, untilAtMs }, topic, NOW_MS)
}

const SET = [
  { name: 'retention.ms', override: '-1' },
  { name: 'retention.bytes', override: '-1' },
]
const RESTORE_MS = { name: 'retention.ms', override: null }
const RESTORE_BYTES = { name: 'retention.bytes', override: '5000' }
const settled = (state: HoldState, outcome: string | null) => ({ do: 'settle', state, outcome })
const RELEASED = settled('released', 'restored')

describe('before its end', () => {
  test.each<[string, HoldState, PresentTopic, object]>([
    ['planned, nothing done yet', 'planned', present(BEFORE), { do: 'apply', changes: SET }],
    ['planned, killed after the change', 'planned', present(HELD), settled('active', null)],
    ['planned, changed, and somebody changed one', 'planned', present(['-1', '77']), settled('active', null)],
    ['planned, somebody was first', 'planned', present(['86400000', '5000']), settled('conflict', 'changedFirst')],
    ['planned, somebody took the override away', 'planned', present([null, null]), settled('conflict', 'changedFirst')],
    ['active', 'active', present(HELD), { do: 'rest' }],
    ['active, and somebody changed it', 'active', present(BEFORE), { do: 'rest' }],
  ])('%s', (_, state, topic, expected) => {
    expect(step(state, topic)).toEqual(expected)
  })
})

describe.each<[string, HoldState, number]>([
  ['at the end of an active one', 'active', NOW_MS],
  ['at the end of a planned one', 'planned', NOW_MS],
  ['when it is ended before its time', 'releasing', NOW_MS + 9],
])('%s', (_name, state, untilAtMs) => {
  test.each<[string, PresentTopic, object]>([
    ['as the hold set it', present(HELD), { do: 'restore', changes: [RESTORE_MS, RESTORE_BYTES] }],
    ['as it was before: killed after restoring, or never set', present(BEFORE), RELEASED],
    ['one restored by somebody', present([null, '-1']), { do: 'restore', changes: [RESTORE_BYTES] }],
    ['one changed: the other is restored first', present(['-1', '77']), { do: 'restore', changes: [RESTORE_MS] }],
    ['one changed, the other restored', present([null, '77']), settled('conflict', 'changedMeanwhile')],
    ['both changed', present(['86400000', '77']), settled('conflict', 'changedMeanwhile')],
    ['an override taken away that was there before', present([null, null]), settled('conflict', 'changedMeanwhile')],
  ])('%s', (_, topic, expected) => {
    expect(step(state, topic, untilAtMs)).toEqual(expected)
  })
})

describe('a topic that is not there any more', () => {
  test.each<HoldState>(['planned', 'active', 'releasing', 'conflict'])('ends a hold that is %s', (state) => {
    expect(step(state, null)).toEqual(settled('released', 'topicDeleted'))
    expect(step(state, present(HELD, 'another'))).toEqual(settled('released', 'topicRecreated'))
    expect(step(state, present(HELD, null))).toEqual(settled('released', 'topicRecreated'))
  })

  test('is the same one where topics have no ids', () => {
    const hold = { state: 'planned', topicId: null, settings: SETTINGS, untilAtMs: NOW_MS + 1 } as const
    expect(nextStep(hold, present(BEFORE, null), NOW_MS)).toEqual({ do: 'apply', changes: SET })
  })
})

describe('what has ended', () => {
  test.each<HoldState>(['released', 'failed'])('is left alone: %s', (state) => {
    for (const topic of [present(HELD), present(BEFORE), null]) expect(step(state, topic, 0)).toEqual({ do: 'rest' })
  })

  test('in a conflict is looked at again, and nothing is changed for it', () => {
    expect(step('conflict', present(['86400000', '77']), 0)).toEqual({ do: 'rest' })
    expect(step('conflict', present(HELD), 0)).toEqual({ do: 'rest' })
    expect(step('conflict', present(BEFORE), 0)).toEqual(RELEASED)
  })
})

test('what somebody set instead is named', () => {
  const found = (topic: PresentTopic) => withFound(SETTINGS, topic).map(({ foundInstead }) => foundInstead)
  expect(found(present([null, '77']))).toEqual([null, { override: '77' }])
  expect(found(present(['1', null]))).toEqual([{ override: '1' }, { override: null }])
  expect(found(present(HELD))).toEqual([null, null])
  expect(found(null)).toEqual([null, null])
})

test('a name that the cluster does not answer is no override', () => {
  const hold = { state: 'releasing', topicId: 'id', settings: SETTINGS, untilAtMs: 0 } as const
  const present = { topicId: 'id', overrides: new Map(), unanswered: new Set<string>() }
  expect(nextStep(hold, present, NOW_MS)).toEqual(settled('conflict', 'changedMeanwhile'))
})

describe('settings of several brokers', () => {
  const CENTURY = '876000'
  const BROKERS = ['a:0', 'a:1', 'b:0'].map((broker, index) => {
    const before = String(72 + index)
    const name = `${broker} fileReservedTime`
    return { name, before, effectiveBefore: [before], held: CENTURY, foundInstead: null }
  })

  /** By a word for each broker: what it says now, or that it does not answer. */
  function seen(words: string): PresentTopic {
    const says = words.split(' ')
    const values = { before: null, held: CENTURY, other: '48' }
    const overrides = new Map(
      BROKERS.map(({ name, before }, index) => [name, values[says[index] as 'held'] ?? before] as const),
    )
    const unanswered = new Set(BROKERS.flatMap(({ name }, index) => (says[index] === 'silent' ? [name] : [])))
    return { topicId: null, overrides, unanswered }
  }

  const decide = (state: HoldState, words: string): HoldStep =>
    nextStep({ state, topicId: null, settings: BROKERS, untilAtMs: NOW_MS + 1 }, seen(words), NOW_MS)
  const set = (...indexes: number[]) => ({
    do: 'apply',
    changes: indexes.map((index) => ({ name: BROKERS[index]?.name, override: CENTURY })),
  })
  const giveBack = (...indexes: number[]) => ({
    do: 'restore',
    changes: indexes.map((index) => ({ name: BROKERS[index]?.name, override: BROKERS[index]?.before })),
  })
  const WAIT = { do: 'wait' }
  const ACTIVE = settled('active', null)
  const CHANGED = settled('conflict', 'changedMeanwhile')

  test.each<[HoldState, string, object]>([
    ['planned', 'before before before', set(0, 1, 2)],
    ['planned', 'held before before', set(1, 2)],
    ['planned', 'held held before', set(2)],
    ['planned', 'held held held', ACTIVE],
    ['planned', 'before silent before', WAIT],
    ['planned', 'held silent before', WAIT],
    ['planned', 'silent silent silent', WAIT],
    ['planned', 'before other before', settled('conflict', 'changedFirst')],
    ['planned', 'held other before', set(2)],
    ['planned', 'held other held', ACTIVE],
    ['active', 'before other silent', { do: 'rest' }],
    ['releasing', 'held held held', giveBack(0, 1, 2)],
    ['releasing', 'before held held', giveBack(1, 2)],
    ['releasing', 'held silent held', giveBack(0, 2)],
    ['releasing', 'before silent before', WAIT],
    ['releasing', 'other silent before', WAIT],
    ['releasing', 'other held silent', giveBack(1)],
    ['releasing', 'other before before', CHANGED],
    ['releasing', 'before before before', RELEASED],
    ['conflict', 'other before before', { do: 'rest' }],
    ['conflict', 'silent before before', WAIT],
    ['conflict', 'before before before', RELEASED],
  ])('%s, %s', (state, words, expected) => {
    expect(decide(state, words)).toEqual(expected)
  })

  test('that do not answer were set by nobody else', () => {
    const found = withFound(BROKERS, seen('silent other before')).map(({ foundInstead }) => foundInstead)
    expect(found).toEqual([null, { override: '48' }, null])
  })
})
