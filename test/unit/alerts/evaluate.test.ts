import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Alert, type AlertTransition, hasFired, isOpen } from '../../../lib/alerts/alert.ts'
import { type AlertSubject, BLIND_RULE, placeKey } from '../../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import {
  type AlertBook,
  type AlertChanges,
  apply,
  bookOf,
  type Evaluation,
  evaluateFailedPoll,
  evaluatePoll,
  evaluateRemoval,
  RuleBook,
} from '../../../lib/alerts/evaluate.ts'
import type { Holding, Standing } from '../../../lib/alerts/state-machine.ts'
import { SECOND_MS } from '../../../lib/units.ts'
import { aRule, ORDERS } from '../../builders/alerts.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const BLIND = BUILT_IN_RULES.find(({ code }) => code === BLIND_RULE) as ReturnType<typeof aRule>
const RULES = [
  aRule({ code: 'at-once' }),
  aRule({ code: 'waits', forMs: 30 * SECOND_MS, keepFiringForMs: 30 * SECOND_MS }),
  BLIND,
]
const SUBJECTS: AlertSubject[] = [ORDERS, { type: 'group', name: 'billing', part: null }]
const PLACES = RULES.slice(0, 2).flatMap((rule) => SUBJECTS.map((subject) => ({ rule, subject })))

type Said = 'holds' | Standing
/** What a poll says of each place; null: it failed. */
interface Poll {
  afterMs: number
  said: Said[] | null
}

const polls = fc.array(
  fc.record({
    // Also clocks that are set back, and machines that slept.
    afterMs: fc.oneof({ weight: 8, arbitrary: fc.constant(15_000) }, fc.integer({ min: -3_600_000, max: 3_600_000 })),
    said: fc.option(
      fc.array(fc.constantFrom<Said>('holds', 'holds', 'clear', 'clear', 'between', 'unknown', 'gone'), {
        minLength: PLACES.length,
        maxLength: PLACES.length,
      }),
      { freq: 4 },
    ),
  }),
  { minLength: 1, maxLength: 60 },
)

function evaluate(book: AlertBook, { said }: Poll, failed: number, evaluation: Evaluation): AlertChanges {
  if (said === null) return evaluateFailedPoll(book, failed, evaluation)
  const holding = new Map<string, Holding>()
  PLACES.forEach(({ rule, subject }, index) => {
    if (said[index] !== 'holds') return
    holding.set(placeKey(rule.code, subject), { rule, subject, severity: 'high', facts: {} })
  })
  const standingOf = (rule: { code: string }, subject: AlertSubject): Standing => {
    const key = placeKey(rule.code, subject)
    const at = PLACES.findIndex((place) => placeKey(place.rule.code, place.subject) === key)
    return (said[at] ?? 'clear') as Standing
  }
  return evaluatePoll(
    book,
    { readings: { holding, standingOf }, wasUnwatched: false, isMuted: () => false, topicOf: () => undefined },
    evaluation,
  )
}

interface Run {
  rows: Map<string, Alert>
  transitions: AlertTransition[]
}

/** @param restarts polls before which the process ends, and another one reads what was stored */
function run(all: readonly Poll[], restarts: ReadonlySet<number> = new Set()): Run {
  const rows = new Map<string, Alert>()
  const transitions: AlertTransition[] = []
  let book = bookOf([])
  let nowMs = NOW_MS
  let failed = 0
  all.forEach((poll, index) => {
    if (restarts.has(index)) book = bookOf(JSON.parse(JSON.stringify([...rows.values()].reverse())) as Alert[])
    nowMs += poll.afterMs
    failed = poll.said === null ? failed + 1 : 0
    const changes = evaluate(book, poll, failed, { clusterId: 'c', rules: new RuleBook(RULES), nowMs })
    apply(book, changes, nowMs)
    for (const alert of changes.changed) rows.set(alert.id, alert)
    for (const alert of changes.dropped) rows.delete(alert.id)
    transitions.push(...changes.transitions)
  })
  return { rows, transitions }
}

test('no place ever has two open alerts, and none ends that did not fire', () => {
  fc.assert(
    fc.property(polls, (all) => {
      const { rows, transitions } = run(all)
      const open = [...rows.values()].filter(isOpen).map(({ ruleCode, subject }) => placeKey(ruleCode, subject))
      expect(new Set(open).size).toBe(open.length)
      for (const { to, from, alertId } of transitions) {
        if (to !== 'resolved') continue
        expect(from).not.toBeNull()
        expect(from).not.toBe('pending')
        expect(rows.get(alertId)).toMatchObject({ state: 'resolved', firedAtMs: expect.any(Number) })
      }
      for (const alert of rows.values()) {
        expect(alert.firedAtMs === null).toBe(alert.state === 'pending')
        expect((alert.endedAtMs ?? Infinity) >= (alert.firedAtMs ?? 0)).toBe(true)
      }
    }),
  )
})

test('a poll that failed changes nothing but whether the console is blind', () => {
  fc.assert(
    fc.property(polls, fc.integer({ min: 1, max: 5 }), (all, failed) => {
      const { rows } = run(all)
      const nowMs = NOW_MS + 10 * 3_600_000
      const changes = evaluateFailedPoll(bookOf(rows.values()), failed, {
        clusterId: 'c',
        rules: new RuleBook(RULES),
        nowMs,
      })
      const others = [...changes.changed, ...changes.dropped].filter(({ ruleCode }) => ruleCode !== BLIND_RULE)
      expect(others).toEqual([])
    }),
  )
})

test('state that is stored and read back at any moment goes on the same', () => {
  fc.assert(
    fc.property(polls, fc.uniqueArray(fc.nat({ max: 59 })), (all, restarts) => {
      // A clock that goes back makes what ended lately a matter of the process: the number of an episode, and no more.
      const onward = all.map(({ afterMs, said }) => ({ afterMs: Math.abs(afterMs), said }))
      const whole = run(onward)
      const broken = run(onward, new Set(restarts))
      const sorted = <T>(all: Iterable<T>): string[] => [...all].map((one) => JSON.stringify(one)).sort()
      expect(sorted(broken.transitions)).toEqual(sorted(whole.transitions))
      expect(sorted(broken.rows.values())).toEqual(sorted(whole.rows.values()))
    }),
  )
})

test('the third failed poll in a row tells that the console is blind, and a good one that it sees again', () => {
  const book = bookOf([])
  const rules = new RuleBook(RULES)
  const poll = (said: Said[] | null, failed: number, nowMs: number): (string | null)[] => {
    const changes = evaluate(book, { afterMs: 0, said }, failed, { clusterId: 'c', rules, nowMs })
    apply(book, changes, nowMs)
    return changes.transitions.map(({ reason, to }) => `${reason} ${to}`)
  }
  const quiet: Said[] = PLACES.map(() => 'clear')
  expect(poll(null, 1, NOW_MS)).toEqual([])
  expect(poll(null, 2, NOW_MS + 15_000)).toEqual([])
  expect(poll(null, 3, NOW_MS + 30_000)).toEqual(['raised firing'])
  expect(poll(null, 4, NOW_MS + 45_000)).toEqual([])
  expect([...book.open.values()]).toMatchObject([{ ruleCode: BLIND_RULE, severity: 'critical', facts: { value: 3 } }])
  expect(poll(quiet, 0, NOW_MS + 60_000)).toEqual(['cleared recovering'])
  // One that fails meanwhile tells nothing new: three in a row do.
  expect(poll(null, 1, NOW_MS + 75_000)).toEqual([])
  expect(poll(quiet, 0, NOW_MS + 90_000)).toEqual([])
  expect(poll(quiet, 0, NOW_MS + 105_000)).toEqual([])
  expect(poll(quiet, 0, NOW_MS + 120_000)).toEqual(['cleared resolved'])
})

test('all alerts of a cluster that is not watched any more end, and what has not fired goes without a word', () => {
  const { rows } = run([{ afterMs: 0, said: PLACES.map(() => 'holds') }])
  const { changed, dropped, transitions } = evaluateRemoval(bookOf(rows.values()), NOW_MS + 1)
  expect(changed.map(({ ruleCode, endReason }) => [ruleCode, endReason])).toEqual([
    ['at-once', 'clusterRemoved'],
    ['at-once', 'clusterRemoved'],
  ])
  expect(dropped.map(({ ruleCode }) => ruleCode)).toEqual(['waits', 'waits'])
  expect(transitions).toMatchObject([
    { from: 'firing', to: 'resolved' },
    { from: 'firing', to: 'resolved' },
  ])
})

test('alerts of a rule that the configuration changed or no longer has end with the next poll, failed or not', () => {
  const all: Poll[] = [{ afterMs: 0, said: PLACES.map(() => 'holds') }]
  const { rows } = run(all)
  const changed = new RuleBook([{ ...(RULES[0] as ReturnType<typeof aRule>), severity: 'critical' }])
  const evaluation = { clusterId: 'c', rules: changed, nowMs: NOW_MS + 1 }
  const { changed: ended, dropped } = evaluateFailedPoll(bookOf(rows.values()), 1, evaluation)
  expect(ended.map(({ ruleCode, endReason }) => [ruleCode, endReason])).toEqual([
    ['at-once', 'ruleChanged'],
    ['at-once', 'ruleChanged'],
  ])
  // What has not fired goes without a word.
  expect(dropped.map(({ ruleCode }) => ruleCode)).toEqual(['waits', 'waits'])
  const again = evaluate(bookOf(rows.values()), { afterMs: 0, said: PLACES.map(() => 'holds') }, 0, evaluation)
  expect(again.transitions.map(({ reason }) => reason)).toEqual(['ruleChanged', 'ruleChanged'])
  expect(again.changed.filter(hasFired)).toEqual([])
})
