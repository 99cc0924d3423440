import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WAKE, WorkerKeeper } from '../../../lib/launch/worker-keeper.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function keeper(answers: (boolean | null)[]) {
  const child = { start: vi.fn(async () => undefined), stop: vi.fn(async () => undefined), send: vi.fn() }
  const createSupervisor = vi.fn(() => child)
  const isNeeded = vi.fn(async () => (answers.length > 1 ? (answers.shift() ?? null) : (answers[0] ?? null)))
  return {
    it: new WorkerKeeper({ isNeeded, createSupervisor, nowMs: Date.now }),
    child,
    createSupervisor,
    answers,
    isNeeded,
  }
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

describe('the worker’s process', () => {
  it('is not started while nothing needs it, or while nobody knows', async () => {
    const { it: keeps, createSupervisor, answers } = keeper([false])
    keeps.start()
    await pass(60_000)
    answers[0] = null
    await pass(60_000)
    expect(createSupervisor).not.toHaveBeenCalled()
    await keeps.stop()
  })

  it('is started once when something does, and hears of new work', async () => {
    const { it: keeps, createSupervisor, child } = keeper([true])
    keeps.start()
    await pass(20_000)
    expect([createSupervisor.mock.calls.length, child.start.mock.calls.length]).toEqual([1, 1])
    keeps.wake()
    expect(child.send).toHaveBeenCalledWith(WAKE)
    await keeps.stop()
    expect(child.stop).toHaveBeenCalledTimes(1)
  })

  it('is looked for at once when work comes, not at the next look', async () => {
    const { it: keeps, createSupervisor, answers } = keeper([false])
    keeps.start()
    await pass(1)
    answers[0] = true
    keeps.wake()
    await pass(1)
    expect(createSupervisor).toHaveBeenCalledTimes(1)
    await keeps.stop()
  })

  it('goes on while nobody knows, as when the database is away', async () => {
    const { it: keeps, child, answers } = keeper([true])
    keeps.start()
    await pass(1)
    answers[0] = null
    await pass(30 * 60_000)
    expect(child.stop).not.toHaveBeenCalled()
    await keeps.stop()
  })

  it('ends when nothing needed it for ten minutes, and begins again when something does', async () => {
    const { it: keeps, child, createSupervisor, answers } = keeper([true])
    keeps.start()
    await pass(1)
    answers[0] = false
    await pass(9 * 60_000)
    expect(child.stop).not.toHaveBeenCalled()
    await pass(2 * 60_000)
    expect(child.stop).toHaveBeenCalledTimes(1)
    answers[0] = true
    await pass(20_000)
    expect(createSupervisor).toHaveBeenCalledTimes(2)
    await keeps.stop()
  })
})
