/** What every driver must obey, whatever system is behind it: `lib/cluster/cluster-driver.ts` and `snapshot.ts` in tests. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterDriver } from '../../lib/cluster/cluster-driver.ts'
import { ClusterUnavailableError } from '../../lib/cluster/fault.ts'
import type { ClusterSnapshot, PartitionState } from '../../lib/cluster/snapshot.ts'
import { groupOf, pollOnce, pollUntil, topicOf } from '../servers/polls.ts'

/** A healthy cluster with a topic, and a group that has read some of it. */
export interface ContractCluster {
  /** A new driver with every fact read in every poll. */
  driver(): ClusterDriver
  /** A new driver for an address where nobody listens. */
  lostDriver(): ClusterDriver
  topic: string
  /** How many messages the topic holds, and how many of them the group has not read. */
  messages: bigint
  group: string
  unread: bigint
  stop(): Promise<void>
}

const DEADLINE_MS = 60_000
const KEPT_FAULTS = 20

export function driverContract(system: string, start: () => Promise<ContractCluster>): void {
  describe(system, () => {
    let cluster: ContractCluster
    let driver: ClusterDriver
    let snapshot: ClusterSnapshot

    beforeAll(async () => {
      cluster = await start()
      driver = cluster.driver()
      snapshot = await pollUntil(driver, (seen) => {
        expect(sumOf(topicOf(seen, cluster.topic).partitions, ({ endOffset }) => endOffset)).toBe(cluster.messages)
        expect(unreadOf(seen, cluster)).toBe(cluster.unread)
        for (const { isr, replicas } of topicOf(seen, cluster.topic).partitions)
          expect(isr).toHaveLength(replicas.length)
      })
    })
    afterAll(async () => {
      await driver?.close()
      await cluster?.stop()
    })

    test('a snapshot says of which system it is, and when it was taken', () => {
      expect(snapshot.kind).toBe(driver.kind)
      expect(snapshot.startedAtMs).toBeLessThanOrEqual(snapshot.finishedAtMs)
      expect(Date.now() - snapshot.finishedAtMs).toBeLessThan(DEADLINE_MS)
      expect(snapshot.version).toMatch(/^\d+\.\d+/)
    })

    test('everything has a name of its own', () => {
      expectUnique(snapshot.brokers.map(({ id }) => id))
      expectUnique(snapshot.topics.map(({ name }) => name))
      expectUnique(snapshot.groups.map(({ id }) => id))
      expectUnique(snapshot.facts.map(({ kind }) => kind))
      for (const { partitions } of [...snapshot.topics, ...snapshot.groups]) {
        expectUnique(
          (partitions ?? []).map((one) => `${'topic' in one ? one.topic : ''} ${one.broker} ${one.partition}`),
        )
      }
    })

    test('leaders and in-sync members are replicas, and replicas are brokers', () => {
      const brokers = snapshot.brokers.map(({ id }) => id)
      for (const { leader, replicas, isr, offlineReplicas } of partitionsOf(snapshot)) {
        expect(brokers).toEqual(expect.arrayContaining(replicas))
        expect(replicas).toContain(leader)
        expect(replicas).toEqual(expect.arrayContaining(isr ?? []))
        expect(offlineReplicas).toEqual([])
      }
    })

    test('offsets are known, in order, and none is committed beyond the end', () => {
      for (const { startOffset, endOffset } of partitionsOf(snapshot)) {
        expect(startOffset).toBeTypeOf('bigint')
        expect(endOffset).toBeGreaterThanOrEqual(startOffset as bigint)
      }
      for (const { partitions } of snapshot.groups) {
        for (const { committedOffset, topic, broker, partition } of partitions ?? []) {
          const log = topicOf(snapshot, topic).partitions.find(
            (one) => one.broker === broker && one.partition === partition,
          )
          if (committedOffset !== null) expect(committedOffset).toBeLessThanOrEqual(log?.endOffset as bigint)
        }
      }
    })

    test('the age of what a group has not read is told for the offset it stands at', () => {
      const lagging =
        groupOf(snapshot, cluster.group).partitions?.filter(({ firstUnread }) => firstUnread !== null) ?? []
      expect(lagging.length).toBeGreaterThan(0)
      for (const { committedOffset, firstUnread } of lagging) {
        expect(firstUnread?.offset).toBe(committedOffset)
        expect(Date.now() - (firstUnread?.timestampMs ?? 0)).toBeLessThan(10 * DEADLINE_MS)
      }
    })

    test('brokers answer, and sensitive settings have no value', () => {
      expect(snapshot.brokers.map(({ online, fault }) => ({ online, fault }))).toEqual(
        snapshot.brokers.map(() => ({ online: true, fault: null })),
      )
      const settings = [...snapshot.brokers, ...snapshot.topics].flatMap(({ config }) => config ?? [])
      expect(settings.length).toBeGreaterThan(0)
      expect(settings.filter(({ sensitive, value }) => sensitive && value !== null)).toEqual([])
    })

    test('every fact was read, and none is at fault', () => {
      for (const { kind, lastReadAtMs, faults, faultCount } of snapshot.facts) {
        expect(faults.length).toBeLessThanOrEqual(Math.min(faultCount, KEPT_FAULTS))
        expect({ kind, faultCount }).toEqual({ kind, faultCount: 0 })
        if (lastReadAtMs !== null) expect(lastReadAtMs).toBeLessThanOrEqual(snapshot.finishedAtMs)
      }
    })

    test('the next poll of a resting cluster sees the same', async () => {
      const next = await pollOnce(driver)
      expect(next.topics.map(({ name }) => name)).toEqual(snapshot.topics.map(({ name }) => name))
      expect(topicOf(next, cluster.topic)).toEqual(topicOf(snapshot, cluster.topic))
      // So that what is stored of it need not even be compared.
      expect(topicOf(next, cluster.topic).config).toBe(topicOf(snapshot, cluster.topic).config)
    })

    test('a poll that is called off ends with an error, and the next one is whole', async () => {
      await expect(driver.poll(AbortSignal.abort(new Error('called off')))).rejects.toThrow()
      const calledOff = new AbortController()
      const poll = driver.poll(calledOff.signal)
      setImmediate(() => calledOff.abort(new Error('called off')))
      await expect(poll).rejects.toThrow()
      const next = await pollOnce(driver)
      expect(unreadOf(next, cluster)).toBe(cluster.unread)
    })

    test('a connection test of a good configuration passes every step', async () => {
      const steps = await driver.test(AbortSignal.timeout(DEADLINE_MS))
      expect(steps[0]?.name).toBe('configuration')
      expect(steps.at(-1)?.name).toBe('permissions')
      expect(steps.filter(({ ok, fault }) => !ok || fault !== null)).toEqual([])
    })

    test('where nobody listens a poll says so, and a connection test names the step', async () => {
      const lost = cluster.lostDriver()
      await expect(lost.poll(AbortSignal.timeout(DEADLINE_MS))).rejects.toThrow(ClusterUnavailableError)
      await expect(lost.poll(AbortSignal.timeout(DEADLINE_MS))).rejects.toMatchObject({
        fault: { code: 'connectionRefused' },
      })
      const steps = await lost.test(AbortSignal.timeout(DEADLINE_MS))
      expect(steps.at(-1)).toMatchObject({ name: 'connect', ok: false, fault: { code: 'connectionRefused' } })
      await lost.close()
    })

    test('closing ends a running poll, and closing again does no harm', async () => {
      const closing = cluster.driver()
      const poll = closing.poll(AbortSignal.timeout(DEADLINE_MS))
      const ended = expect(poll).rejects.toThrow()
      await closing.close()
      await ended
      await closing.close()
      await expect(closing.poll(AbortSignal.timeout(DEADLINE_MS))).rejects.toThrow()
    })
  })
}

function partitionsOf(snapshot: ClusterSnapshot): PartitionState[] {
  return snapshot.topics.flatMap(({ partitions }) => partitions)
}

function expectUnique(names: readonly string[]): void {
  expect(names).toEqual([...new Set(names)])
}

function sumOf<T>(parts: readonly T[], read: (part: T) => bigint | null): bigint {
  return parts.reduce((sum, part) => sum + (read(part) ?? 0n), 0n)
}

function unreadOf(snapshot: ClusterSnapshot, { topic, group }: ContractCluster): bigint {
  const committed = groupOf(snapshot, group).partitions?.filter((one) => one.topic === topic) ?? []
  const ends = sumOf(topicOf(snapshot, topic).partitions, ({ endOffset }) => endOffset)
  return ends - sumOf(committed, ({ committedOffset }) => committedOffset)
}
