import { describe, expect, it } from 'vitest'
import type { Alert, AlertState, TransitionReason } from '../../../lib/alerts/alert.ts'
import {
  begin,
  FLAP_CHANGES,
  FLAP_HOLD_MS,
  FLAP_WINDOW_MS,
  type Reading,
  retire,
  type Step,
  step,
  unwatched,
} from '../../../lib/alerts/state-machine.ts'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { anAlert, aRule, held } from '../../builders/alerts.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const RULE = aRule({ forMs: 30 * SECOND_MS, keepFiringForMs: 20 * SECOND_MS })
const AGO = (ms: number): number => NOW_MS - ms

/** `null`: dropped; a state alone: it is that very alert. */
type Expected = [AlertState | null, TransitionReason | null]

function expectStep(before: Alert, { after, reason }: Step, [state, why]: Expected): void {
  expect([after?.state ?? null, reason]).toEqual([state, why])
  if (state === before.state && why === null) expect(after).toBe(before)
}

const pending = (sinceMs: number): Alert => anAlert({ state: 'pending', firedAtMs: null, stateAtMs: sinceMs })
const recovering = (clearSinceMs: number): Alert => anAlert({ state: 'recovering', clearSinceMs })

describe('a rule begins to hold', () => {
  const beginning = { id: 'a', episode: 7, changesAtMs: [] }

  it('for a while first, where it waits', () => {
    const { after, reason } = begin(held({ rule: RULE }), 'r', beginning, NOW_MS)
    expect(reason).toBe('raised')
    expect(after).toMatchObject({ state: 'pending', startedAtMs: NOW_MS, firedAtMs: null, episode: 7, changesAtMs: [] })
  })

  it('and fires at once, where it does not', () => {
    const { after, reason } = begin(held(), 'r', beginning, NOW_MS)
    expect(reason).toBe('raised')
    expect(after).toMatchObject({ state: 'firing', startedAtMs: NOW_MS, firedAtMs: NOW_MS, changesAtMs: [NOW_MS] })
  })
})

describe('an alert', () => {
  it.each<[string, Alert, Reading, Expected]>([
    ['pending, holds, too short', pending(AGO(29_999)), held(), ['pending', null]],
    ['pending, holds for long enough', pending(AGO(30_000)), held(), ['firing', 'heldFor']],
    ['pending, between the marks', pending(AGO(30_000)), 'between', [null, null]],
    ['pending, clear', pending(AGO(30_000)), 'clear', [null, null]],
    ['pending, unknown', pending(AGO(30_000)), 'unknown', ['pending', null]],
    ['pending, gone', pending(AGO(30_000)), 'gone', [null, null]],
    ['firing, holds', anAlert(), held(), ['firing', null]],
    ['firing, holds, graver', anAlert(), held({ severity: 'critical' }), ['firing', 'worsened']],
    ['firing, holds, milder', anAlert({ severity: 'critical' }), held(), ['firing', null]],
    ['firing, between the marks', anAlert(), 'between', ['firing', null]],
    ['firing, clear', anAlert(), 'clear', ['recovering', 'cleared']],
    ['firing, unknown', anAlert(), 'unknown', ['noData', 'unknown']],
    ['firing, gone', anAlert(), 'gone', ['resolved', 'subjectGone']],
    ['recovering, clear, too short', recovering(AGO(19_999)), 'clear', ['recovering', null]],
    ['recovering, clear for long enough', recovering(AGO(20_000)), 'clear', ['resolved', 'cleared']],
    ['recovering, holds', recovering(AGO(20_000)), held(), ['firing', 'relapsed']],
    ['recovering, unknown', recovering(AGO(20_000)), 'unknown', ['noData', 'unknown']],
    ['recovering, gone', recovering(AGO(1)), 'gone', ['resolved', 'subjectGone']],
    ['without data, still', anAlert({ state: 'noData' }), 'unknown', ['noData', null]],
    ['without data, holds', anAlert({ state: 'noData' }), held(), ['firing', 'known']],
    ['without data, between the marks', anAlert({ state: 'noData' }), 'between', ['firing', 'known']],
    ['without data, clear', anAlert({ state: 'noData' }), 'clear', ['recovering', 'cleared']],
    ['without data, gone', anAlert({ state: 'noData' }), 'gone', ['resolved', 'subjectGone']],
  ])('%s', (_, before, reading, expected) => {
    expectStep(before, step(before, reading, RULE, NOW_MS), expected)
  })

  it('that recovers has ended once it was clear for long enough without a break, and has not come and gone meanwhile', () => {
    const at = (before: Alert, reading: Reading, seconds: number): Alert =>
      step(before, reading, RULE, NOW_MS + seconds * SECOND_MS).after as Alert
    const over = at(anAlert(), 'clear', 0)
    const between = at(over, 'between', 15)
    expect(between).toMatchObject({ state: 'recovering', stateAtMs: NOW_MS, changesAtMs: [NOW_MS] })
    expect(at(between, 'between', 30)).toBe(between)
    const clear = at(between, 'clear', 45)
    expect(at(clear, 'clear', 60)).toBe(clear)
    expect(at(clear, 'clear', 65)).toMatchObject({ state: 'resolved', endReason: 'cleared', changesAtMs: [NOW_MS] })
  })

  it('begins its waits anew where nobody looked meanwhile', () => {
    expect(unwatched(pending(AGO(MINUTE_MS)), NOW_MS)).toMatchObject({ state: 'pending', stateAtMs: NOW_MS })
    expect(unwatched(recovering(AGO(MINUTE_MS)), NOW_MS)).toMatchObject({ state: 'recovering', clearSinceMs: NOW_MS })
    const firing = anAlert()
    expect(unwatched(firing, NOW_MS)).toBe(firing)
  })

  it('that need not recover has ended as soon as it is over', () => {
    const { after, reason } = step(anAlert(), 'clear', aRule(), NOW_MS)
    expect(reason).toBe('cleared')
    expect(after).toMatchObject({ state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' })
  })

  it('tells what was so when its state changed last, and the gravest that it was', () => {
    const { after } = step(
      pending(AGO(MINUTE_MS)),
      held({ severity: 'critical', facts: { partitions: 3 } }),
      RULE,
      NOW_MS,
    )
    expect(after).toMatchObject({ severity: 'critical', facts: { partitions: 3 } })
    const milder = step({ ...(after as Alert), state: 'recovering' }, held({ severity: 'high' }), RULE, NOW_MS)
    expect(milder.after).toMatchObject({ severity: 'critical', facts: { partitions: 1 } })
  })

  it.each(['ruleChanged', 'ruleRemoved'] as const)('ends when its rule is another one: %s', (reason) => {
    expectStep(anAlert(), retire(anAlert(), reason, NOW_MS), ['resolved', reason])
    expectStep(pending(NOW_MS), retire(pending(NOW_MS), reason, NOW_MS), [null, null])
  })
})

describe('a clock that was set back by an hour', () => {
  const LATER = NOW_MS + 60 * MINUTE_MS

  it('makes what waits begin anew, and not wait for the hour', () => {
    const waiting = step(pending(LATER), held(), RULE, NOW_MS).after as Alert
    expect(waiting).toMatchObject({ state: 'pending', stateAtMs: NOW_MS })
    expect(step(waiting, held(), RULE, NOW_MS + 30_000).after?.state).toBe('firing')
    const over = step(recovering(LATER), 'clear', RULE, NOW_MS).after as Alert
    expect(step(over, 'clear', RULE, NOW_MS + 20_000).after?.state).toBe('resolved')
  })

  it('ends no alert before it fired', () => {
    const { after } = step(anAlert({ firedAtMs: LATER, stateAtMs: LATER }), 'gone', RULE, NOW_MS)
    expect(after).toMatchObject({ endedAtMs: LATER })
  })
})

describe('one that comes and goes', () => {
  const quick = aRule()
  /** By turns: over, and again. @returns the last step */
  function flap(times: number, everyMs: number): Step {
    let last: Step = { after: anAlert({ changesAtMs: [NOW_MS] }), reason: null }
    for (let time = 1; time <= times; time += 1) {
      const atMs = NOW_MS + time * everyMs
      const before = last.after as Alert
      const isOver = before.state === 'resolved'
      const beginning = { id: `a${time}`, episode: time, changesAtMs: before.changesAtMs }
      last = isOver ? begin(held(), 'r', beginning, atMs) : step(before, 'clear', quick, atMs)
    }
    return last
  }

  it(`is held from the change number ${FLAP_CHANGES} on, and that is told once`, () => {
    expect(flap(FLAP_CHANGES - 1, MINUTE_MS)).toMatchObject({
      reason: 'flapping',
      after: { isFlapping: true, state: 'firing' },
    })
    expect(flap(FLAP_CHANGES - 3, MINUTE_MS)).toMatchObject({ reason: 'raised', after: { isFlapping: false } })
  })

  it('is not one where it comes and goes slowly', () => {
    expect(flap(20, FLAP_WINDOW_MS / 2)).toMatchObject({ after: { isFlapping: false } })
  })

  it('has ended once it was over for long enough, without a break', () => {
    const flapping = anAlert({ isFlapping: true })
    const over = step(flapping, 'clear', quick, NOW_MS).after as Alert
    expect(over).toMatchObject({ state: 'firing', clearSinceMs: NOW_MS })
    const almost = NOW_MS + FLAP_HOLD_MS - 1
    expect(step(over, 'clear', quick, almost)).toEqual({ after: over, reason: null })
    expect(step(over, held(), quick, almost).after).toMatchObject({ state: 'firing', clearSinceMs: null })
    expect(step(over, 'unknown', quick, almost).after).toMatchObject({ state: 'noData', clearSinceMs: null })
    expect(step(over, 'clear', quick, almost + 1)).toMatchObject({ reason: 'cleared', after: { state: 'resolved' } })
  })
})
