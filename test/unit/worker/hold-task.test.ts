import { expect, test } from 'vitest'
import type { AuditRecord } from '../../../lib/audit/audit-log.ts'
import type { HoldChange, HoldStore, StoredHold } from '../../../lib/holds/hold-store.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { holdTask } from '../../../lib/worker/hold-task.ts'
import { aHold, memorySettings } from '../../builders/holds.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const END_MS = NOW_MS + HOUR_MS

function stored(clusterId: string): StoredHold {
  return {
    ...aHold({ clusterId }),
    ...{ id: clusterId, state: 'active', activeAtMs: NOW_MS, releasedBy: null, endedAtMs: null, outcome: null },
    ...{ revision: 1, claimedUntilMs: null, lookAtMs: END_MS, failures: 0, fault: null },
  }
}

function given(due: StoredHold[], taken: readonly string[] = []) {
  const cluster = memorySettings({ 'retention.ms': '-1', 'retention.bytes': '-1' })
  const audited: AuditRecord[] = []
  const asked: { ids: readonly string[]; nowMs: number }[] = []
  const store = {
    due: async (ids: readonly string[], nowMs: number) => {
      asked.push({ ids, nowMs })
      return due
    },
    claim: async (id: string) => (taken.includes(id) ? null : (due.find((hold) => hold.id === id) ?? null)),
    change: async (seen: StoredHold, change: HoldChange, audit?: AuditRecord) => {
      if (audit !== undefined) audited.push(audit)
      return { ...seen, ...change } as StoredHold
    },
  } as unknown as HoldStore
  const task = holdTask({
    ...{ store, now: () => END_MS, clusterIds: async () => ['live', 'gone'] },
    topicsOf: async (id) => (id === 'gone' ? null : { settings: cluster, readOnly: false }),
  })
  return { task, cluster, audited, asked }
}

test('what is due is ended, in the name of the console, with who asked for it and why', async () => {
  const { task, cluster, audited, asked } = given([stored('live')])
  expect(await task.step(AbortSignal.timeout(60_000))).toBe(false)
  expect(asked).toEqual([{ ids: ['live', 'gone'], nowMs: END_MS }])
  expect(Object.fromEntries(cluster.overrides)).toEqual({ 'retention.bytes': '5000' })
  expect(cluster.closed).toBe(1)
  expect(audited).toEqual([
    {
      ...{ atMs: END_MS, actor: 'holdfast', action: 'retention.restore', target: 'live/orders', outcome: 'ok' },
      ...{ httpStatus: null, remoteAddress: null },
      detail: { hold: 'live', state: 'released', reason: 'billing is down', createdBy: 'ana', became: 'restored' },
    },
  ])
})

test('a conflict is written down as refused', async () => {
  const { task, cluster, audited } = given([stored('live')])
  cluster.overrides.set('retention.ms', '77')
  await task.step(AbortSignal.timeout(60_000))
  expect(audited).toMatchObject([{ outcome: 'refused', detail: { state: 'conflict', became: 'changedMeanwhile' } }])
})

test.each([
  ['is not known any more', given([stored('gone')])],
  ['somebody else works at', given([stored('live')], ['live'])],
])('what %s is left alone', async (_, { task, cluster, audited }) => {
  await task.step(AbortSignal.timeout(60_000))
  expect([cluster.made, audited]).toEqual([[], []])
})

test('nothing is begun after it is told to stop', async () => {
  const { task, cluster } = given([stored('live')])
  await task.step(AbortSignal.abort())
  expect([cluster.made, cluster.closed]).toEqual([[], 0])
})
