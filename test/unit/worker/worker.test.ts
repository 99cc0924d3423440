import { describe, expect, it, vi } from 'vitest'
import { HoldfastError } from '../../../lib/errors.ts'
import { createLogger } from '../../../lib/log.ts'
import { Worker, type WorkerOptions, type WorkerTask } from '../../../lib/worker/worker.ts'

const log = createLogger({ logLevel: 'silent' }, [], { write: () => undefined })

/** Sleeps end when the test says so, or when they are woken. */
function manualClock() {
  const sleepers = new Set<{ ms: number; wake(): void }>()
  return {
    sleeping: () => [...sleepers].map(({ ms }) => ms).sort((one, other) => one - other),
    pass: () => {
      for (const { wake } of sleepers) wake()
    },
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((done) => {
        const wake = (): void => {
          sleepers.delete(sleeper)
          done()
        }
        const sleeper = { ms, wake }
        sleepers.add(sleeper)
        if (signal.aborted) sleeper.wake()
        signal.addEventListener('abort', sleeper.wake, { once: true })
      }),
  }
}

const freeLease = () => ({
  acquire: vi.fn(async () => undefined),
  renew: vi.fn(async () => true),
  release: vi.fn(async () => undefined),
})

function worker(task: Partial<WorkerTask>, change: Partial<WorkerOptions> = {}) {
  const clock = manualClock()
  const options = {
    ...{ lease: freeLease(), heartbeatMs: 10_000, clock, log, onLeaseLost: vi.fn() },
    tasks: [{ name: 'work', restMs: 1_000, step: async () => false, ...task }],
    ...change,
  }
  return { worker: new Worker(options), clock, options }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('the worker', () => {
  it('goes on at once while there is more, rests when there is not, and is woken', async () => {
    const left = [true, true, false, false]
    const step = vi.fn(async () => left.shift() ?? false)
    const { worker: it, clock } = worker({ step })
    await it.start()
    await settled()
    expect([step.mock.calls.length, clock.sleeping()]).toEqual([3, [1_000, 10_000]])
    it.wake()
    await settled()
    expect(step.mock.calls.length).toBe(4)
    await it.stop()
  })

  it('rests longer after each failure, and as before after the next success', async () => {
    const outcomes = [1, 2, 0, 0].map((failures) => failures > 0)
    const step = async (): Promise<boolean> => {
      if (outcomes.shift() === true) throw new Error('no')
      return false
    }
    const { worker: it, clock } = worker({ step })
    await it.start()
    const rests: number[] = []
    for (let count = 0; count < 3; count += 1) {
      await settled()
      rests.push(clock.sleeping()[0] ?? 0)
      it.wake()
    }
    expect(rests).toEqual([2_000, 4_000, 1_000])
    await it.stop()
  })

  it('waits while another one has the lease', async () => {
    const lease = freeLease()
    lease.acquire.mockRejectedValueOnce(new HoldfastError('second_instance'))
    const { worker: it, clock, options } = worker({}, { lease })
    const started = it.start()
    await settled()
    expect(clock.sleeping().length).toBe(1)
    clock.pass()
    await started
    expect(lease.acquire).toHaveBeenCalledTimes(2)
    await it.stop()
    expect(options.lease.release).toHaveBeenCalledTimes(1)
  })

  it('stops working when somebody else took the lease', async () => {
    const lease = freeLease()
    lease.renew.mockResolvedValue(false)
    const step = vi.fn(async () => false)
    const { worker: it, clock, options } = worker({ step }, { lease })
    await it.start()
    await settled()
    clock.pass()
    await settled()
    expect(options.onLeaseLost).toHaveBeenCalledTimes(1)
    const calls = step.mock.calls.length
    it.wake()
    await settled()
    expect(step.mock.calls.length).toBe(calls)
    await it.stop()
  })

  it('waits at the end for what its tasks left running', async () => {
    const running = Promise.withResolvers<void>()
    const { worker: it, options } = worker({ end: () => running.promise })
    await it.start()
    const stopped = it.stop()
    await settled()
    expect(options.lease.release).not.toHaveBeenCalled()
    running.resolve()
    await stopped
    expect(options.lease.release).toHaveBeenCalledTimes(1)
  })
})
