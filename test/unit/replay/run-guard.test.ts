import { beforeEach, describe, expect, test } from 'vitest'
import { fault } from '../../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import type { CodedFact, ReplayBaseline } from '../../../lib/replay/replay-types.ts'
import { RunFailed, RunGuard } from '../../../lib/replay/run-guard.ts'
import { replayJob, replayRequest } from '../../builders/replays.ts'

const { signal } = new AbortController()
const BRAKE = { maxAddedLag: 1_000, maxReturnRatio: null, isr: true }
const BASELINE: ReplayBaseline = { lagByGroup: { billing: 500 }, returned: 0, produced: 0 }
const job = (change: Parameters<typeof replayJob>[0] = {}) =>
  replayJob({ request: replayRequest({ brake: BRAKE }), baseline: BASELINE, ...change })

let nowMs: number
let lag: number | null
let isClear: boolean
let looks: number
let verified: number
let verify: () => CodedFact | null
let guard: RunGuard

beforeEach(() => {
  ;[nowMs, lag, looks, verified] = [10_000, 500, 0, 0]
  isClear = true
  verify = () => null
  guard = new RunGuard({
    async verify() {
      verified += 1
      return verify()
    },
    watch: {
      returned: 7,
      async look() {
        looks += 1
        const groups = [{ group: 'billing', lagMessages: lag === null ? null : BigInt(lag), isIdle: false }]
        return { groups, lagByGroup: { billing: lag }, targets: [], sight: { isClear, lastAtMs: 0 } }
      },
      passed: async () => null,
    },
    monotonicMs: () => nowMs,
  })
})

describe('what a run does to its target', () => {
  test('counts from the first look, unless the job knows from where', async () => {
    expect(await guard.look(job({ baseline: null }), 20, signal)).toEqual({
      ...{ lagByGroup: { billing: 500 }, returned: 7, produced: 20 },
    })
    nowMs += 1_000
    expect(await guard.look(job(), 20, signal)).toBeNull()
  })

  test('counts a lag that was not known at the start from when it is', async () => {
    lag = null
    const unknown = await guard.look(job({ baseline: null }), 0, signal)
    expect(unknown?.lagByGroup).toEqual({ billing: null })
    ;[lag, nowMs] = [50_000, nowMs + 1_000]
    const known = await guard.look(job({ baseline: unknown }), 0, signal)
    expect([known?.lagByGroup, guard.brake]).toEqual([{ billing: 50_000 }, null])
    ;[lag, nowMs] = [51_001, nowMs + 1_000]
    expect(await guard.look(job({ baseline: known }), 0, signal)).toBeNull()
    expect(guard.brake?.code).toBe('groupLag')
  })

  test('holds it while nobody sees that, and counts from when somebody does', async () => {
    isClear = false
    expect(await guard.look(job({ baseline: null }), 0, signal)).toBeNull()
    expect(guard.brake?.code).toBe('targetUnseen')
    ;[isClear, nowMs] = [true, nowMs + 1_000]
    expect(await guard.look(job({ state: 'braked', baseline: null }), 0, signal)).toMatchObject({
      lagByGroup: { billing: 500 },
    })
    expect(guard.brake).toBeNull()
  })

  test('and goes on unseen when somebody wants that, until it was seen again', async () => {
    const lookAt = async (sees: boolean): Promise<string | undefined> => {
      ;[isClear, nowMs] = [sees, nowMs + 1_000]
      await guard.look(job({ baseline: null }), 0, signal)
      return guard.brake?.code
    }
    expect(await lookAt(false)).toBe('targetUnseen')
    guard.release()
    expect([await lookAt(false), await lookAt(true), await lookAt(false)]).toEqual([
      ...[undefined, undefined, 'targetUnseen'],
    ])
  })

  test('is looked at once a second', async () => {
    for (const at of [0, 999, 1_000, 1_999, 2_000]) {
      nowMs = 10_000 + at
      await guard.look(job(), 0, signal)
    }
    expect(looks).toBe(3)
  })

  test('holds it until things are clearly better, or somebody goes on all the same', async () => {
    const lookAt = async (behind: number, state: 'running' | 'braked'): Promise<string | undefined> => {
      lag = behind
      nowMs += 1_000
      await guard.look(job({ state }), 0, signal)
      return guard.brake?.code
    }
    expect(await lookAt(1_501, 'running')).toBe('groupLag')
    expect(await lookAt(1_400, 'braked')).toBe('groupLag')
    guard.release()
    expect(guard.brake).toBeNull()
    expect(await lookAt(1_400, 'braked')).toBeUndefined()
  })
})

describe('what a run rests on', () => {
  test('is looked at every five seconds, and anew when it is asked for', async () => {
    await guard.verify(signal)
    for (const at of [0, 4_999, 5_000, 9_999]) {
      nowMs = 10_000 + at
      await guard.look(job(), 0, signal)
    }
    expect(verified).toBe(2)
  })

  test('ends it when it no longer holds', async () => {
    verify = () => ({ code: 'topicRecreated', facts: {} })
    await expect(guard.look(job(), 0, signal)).rejects.toThrow(RunFailed)
  })

  test('does not end it while the cluster does not answer', async () => {
    verify = () => {
      throw new MessageAccessError(fault('leaderNotAvailable', {}), true)
    }
    await guard.look(job(), 0, signal)
    expect(looks).toBe(1)
    await expect(guard.verify(signal)).rejects.toThrow(MessageAccessError)
  })

  test('does not hide a fault of our own', async () => {
    verify = () => {
      throw new TypeError('a bug')
    }
    await expect(guard.look(job(), 0, signal)).rejects.toThrow(TypeError)
  })
})
