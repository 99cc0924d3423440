import { expect, test } from 'vitest'
import type { Clock } from '../../../lib/collector/clock.ts'
import {
  CollectorLease,
  HEARTBEAT_MS,
  isCollectorAlive,
  type LeaseHolder,
  STALE_AFTER_MS,
} from '../../../lib/collector/lease.ts'
import { onBothDatabases } from '../db/databases.ts'

/** A stand-in for time: it passes only in `sleep`, where the test may let something happen. */
class StandInClock implements Clock {
  atMs = 1_000_000
  onSleep: () => Promise<unknown> = async () => undefined

  now(): number {
    return this.atMs
  }

  monotonicMs(): number {
    return this.now()
  }

  async sleep(ms: number): Promise<void> {
    this.atMs += ms
    await this.onSleep()
  }
}

const holder = (host: string, pid: number, alive: number[] = [1, 2]): LeaseHolder => ({
  host,
  pid,
  isAlive: (other) => alive.includes(other),
})
const never = new AbortController().signal

onBothDatabases('the collector’s lease', ({ open }) => {
  test('a second one is refused, with who holds it, as soon as the first shows that it lives', async () => {
    const database = await open()
    const clock = new StandInClock()
    const first = new CollectorLease(database, clock, holder('a', 1))
    await first.acquire(never)
    const since = new Date(clock.now()).toISOString()
    clock.onSleep = () => first.renew()
    const second = new CollectorLease(database, clock, holder('b', 2))
    await expect(second.acquire(never)).rejects.toMatchObject({
      code: 'second_instance',
      facts: { host: 'a', pid: 1, since },
    })
    expect(await first.renew()).toBe(true)
    expect(await isCollectorAlive(database, clock.now())).toBe(true)
  })

  test('a holder that is silent is waited for, and then followed', async () => {
    const database = await open()
    const clock = new StandInClock()
    const first = new CollectorLease(database, clock, holder('a', 1))
    await first.acquire(never)
    const startedAtMs = clock.now()
    const second = new CollectorLease(database, clock, holder('b', 2))
    await second.acquire(never)
    expect(clock.now() - startedAtMs).toBeGreaterThan(STALE_AFTER_MS)
    expect(clock.now() - startedAtMs).toBeLessThan(STALE_AFTER_MS + HEARTBEAT_MS)
    expect(await first.renew()).toBe(false)
    expect(await second.renew()).toBe(true)
  })

  test.each([
    ['whose process on this host is gone', holder('a', 2, [2])],
    ['whose process id is ours now', holder('a', 1)],
  ])('a holder %s is followed at once', async (_, me) => {
    const database = await open()
    const clock = new StandInClock()
    await new CollectorLease(database, clock, holder('a', 1)).acquire(never)
    const startedAtMs = clock.now()
    await new CollectorLease(database, clock, me).acquire(never)
    expect(clock.now()).toBe(startedAtMs)
  })

  test('of several that come at once one gets it', async () => {
    const database = await open()
    const clock = new StandInClock()
    const leases = [0, 1, 2].map((index) => new CollectorLease(database, clock, holder(`host-${index}`, 1)))
    clock.onSleep = () => Promise.all(leases.map((lease) => lease.renew()))
    const outcomes = await Promise.allSettled(leases.map((lease) => lease.acquire(never)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('one that was given back is free', async () => {
    const database = await open()
    const clock = new StandInClock()
    const first = new CollectorLease(database, clock, holder('a', 1))
    await first.acquire(never)
    await first.release()
    expect(await isCollectorAlive(database, clock.now())).toBe(false)
    await new CollectorLease(database, clock, holder('b', 2)).acquire(never)
  })
})
