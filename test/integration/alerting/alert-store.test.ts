import { expect, test } from 'vitest'
import { createAlertStore } from '../../../lib/alerting/alert-store.ts'
import { createSilences } from '../../../lib/alerting/silences.ts'
import type { Alert, AlertTransition } from '../../../lib/alerts/alert.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { anAlert } from '../../builders/alerts.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { onBothDatabases } from '../db/databases.ts'

const NOTHING = { changed: [], dropped: [], transitions: [] }
const BY = { actor: 'ana', note: 'on it', atMs: NOW_MS }
const FULL = anAlert({
  ...{
    id: 'full',
    ruleCode: 'own',
    ruleRevision: 'x',
    subject: { type: 'group', name: '组', part: 'orders/1' },
    episode: NOW_MS,
  },
  ...{
    basis: { kind: 'series', code: 'lagMessages' },
    state: 'firing',
    severity: 'critical',
    facts: { a: 1, b: 'x\0' },
  },
  ...{
    labels: { pager: 'night' },
    clearSinceMs: NOW_MS,
    isFlapping: true,
    changesAtMs: [1, 2, NOW_MS],
    inhibitedBy: 'other',
  },
})
const ENDED: Partial<Alert> = { state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' }

function fired(alertId: string, over: Partial<AlertTransition> = {}): AlertTransition {
  return {
    alertId,
    atMs: NOW_MS,
    from: null,
    to: 'firing',
    reason: 'raised',
    severity: 'high',
    isInhibited: false,
    ...over,
  }
}

onBothDatabases('the store of alerts', ({ open }) => {
  test('gives back what it was given', async () => {
    const store = createAlertStore(await open())
    await store.record('c', {
      ...NOTHING,
      changed: [FULL, anAlert()],
      transitions: [fired('full'), fired('alert-1', { from: 'pending', isInhibited: true })],
    })
    expect((await store.read('c', NOW_MS)).toSorted((one, other) => other.id.localeCompare(one.id))).toEqual([
      FULL,
      anAlert(),
    ])
    expect(await store.read('d', 0)).toEqual([])
    const open_ = { clusterId: 'c', acknowledgedAtMs: null, acknowledgedBy: null, note: null }
    expect(await store.get('full')).toEqual({ ...FULL, ...open_ })
    expect(await store.get('nothing')).toBeNull()
    expect(await store.transitions('alert-1')).toEqual([
      { ...fired('alert-1', { from: 'pending', isInhibited: true }), id: 2 },
    ])
  })

  test('an alert and what is told of it are stored together, or neither is', async () => {
    const store = createAlertStore(await open())
    const two = [anAlert(), anAlert({ id: 'second', episode: 2 })]
    // The same place twice: no two of its alerts may be open.
    await expect(store.record('c', { ...NOTHING, changed: two, transitions: [fired('second')] })).rejects.toThrow()
    expect(await store.read('c', 0)).toEqual([])
    expect(await store.transitions('second')).toEqual([])
    await store.record('c', { ...NOTHING, changed: [anAlert(ENDED), two[1] as Alert], transitions: [fired('second')] })
    await store.record('d', { ...NOTHING, changed: [anAlert({ id: 'elsewhere' })] })
    expect((await store.read('c', 0)).map(({ id }) => id).sort()).toEqual(['alert-1', 'second'])
  })

  test('a change writes over what was, and leaves what people said of it', async () => {
    const store = createAlertStore(await open())
    await store.record('c', { ...NOTHING, changed: [anAlert()] })
    expect(await store.acknowledge('alert-1', BY)).toBe(true)
    expect(await store.acknowledge('alert-1', { ...BY, actor: 'bob' })).toBe(false)
    await store.record('c', { ...NOTHING, changed: [anAlert({ ...ENDED, severity: 'critical' })] })
    const by = { acknowledgedAtMs: NOW_MS, acknowledgedBy: 'ana', note: 'on it' }
    expect(await store.get('alert-1')).toMatchObject({ ...ENDED, severity: 'critical', ...by })
  })

  test('only what has fired and has not ended is acknowledged', async () => {
    const store = createAlertStore(await open())
    const pending = anAlert({ id: 'pending', state: 'pending', firedAtMs: null, ruleCode: 'other' })
    await store.record('c', { ...NOTHING, changed: [anAlert(ENDED), pending] })
    for (const id of ['alert-1', 'pending', 'nothing']) expect(await store.acknowledge(id, BY)).toBe(false)
  })

  test('knows of which clusters some alert is open', async () => {
    const store = createAlertStore(await open())
    await store.record('c', { ...NOTHING, changed: [anAlert(), anAlert({ id: 'other', ruleCode: 'other' })] })
    await store.record('d', { ...NOTHING, changed: [anAlert({ id: 'over', ...ENDED })] })
    expect(await store.openClusters()).toEqual(['c'])
  })

  test('what nobody was told of leaves no trace', async () => {
    const store = createAlertStore(await open())
    const pending = anAlert({ state: 'pending', firedAtMs: null })
    await store.record('c', { ...NOTHING, changed: [pending], transitions: [fired('alert-1', { to: 'pending' })] })
    await store.record('c', { ...NOTHING, dropped: [pending] })
    expect(await store.get('alert-1')).toBeNull()
    expect(await store.transitions('alert-1')).toEqual([])
  })

  test('reads what is open, and of the rest what ended since', async () => {
    const store = createAlertStore(await open())
    const old = anAlert({ ...ENDED, id: 'old', endedAtMs: NOW_MS - MINUTE_MS, episode: 0 })
    await store.record('c', { ...NOTHING, changed: [old, anAlert()] })
    expect((await store.read('c', NOW_MS - MINUTE_MS)).length).toBe(2)
    expect((await store.read('c', NOW_MS - MINUTE_MS + 1)).map(({ id }) => id)).toEqual(['alert-1'])
    expect((await store.list(NOW_MS - MINUTE_MS + 1)).map(({ id }) => id)).toEqual(['alert-1'])
    expect((await store.list(0)).length).toBe(2)
    expect((await store.listOpen()).map(({ id }) => id)).toEqual(['alert-1'])
    await store.record('c', { ...NOTHING, changed: [anAlert(ENDED)] })
    expect(await store.listOpen()).toEqual([])
  })

  test('a list that is asked for while it is read is read once', async () => {
    const store = createAlertStore(await open())
    await store.record('c', { ...NOTHING, changed: [anAlert()] })
    const [one, other] = await Promise.all([store.list(0), store.list(0)])
    expect(other).toBe(one)
  })

  test('the list is the same for as long as nothing changed, and the newest comes first', async () => {
    const store = createAlertStore(await open())
    const newer = anAlert({ id: 'newer', ruleCode: 'other', startedAtMs: NOW_MS })
    await store.record('c', { ...NOTHING, changed: [anAlert(), newer] })
    const before = await store.list(0)
    expect(before.map(({ id }) => id)).toEqual(['newer', 'alert-1'])
    expect(await store.list(0)).toBe(before)
    await store.record('c', { ...NOTHING, changed: [{ ...newer, inhibitedBy: 'x' }] })
    const inhibited = await store.list(0)
    expect(inhibited[0]).toMatchObject({ inhibitedBy: 'x' })
    await store.acknowledge('alert-1', BY)
    expect((await store.list(0))[1]).toMatchObject({ acknowledgedBy: 'ana' })
  })

  test('a thousand and more at once', async () => {
    const store = createAlertStore(await open())
    const many = Array.from({ length: 1_200 }, (_, at) =>
      anAlert({ id: `a${at}`, subject: { type: 'topic', name: `t${at}`, part: null } }),
    )
    await store.record('c', { ...NOTHING, changed: many, transitions: many.map(({ id }) => fired(id)) })
    expect((await store.read('c', 0)).length).toBe(1_200)
    await store.record('c', {
      ...NOTHING,
      changed: many.slice(0, 700).map((one) => ({ ...one, ...ENDED })),
      dropped: many.slice(700),
    })
    expect((await store.read('c', NOW_MS + 1)).length).toBe(0)
    expect((await store.read('c', 0)).length).toBe(700)
  })

  test('whoever reads transitions in the order of their ids misses none, though clusters are polled side by side', async () => {
    const database = await open()
    const store = createAlertStore(database)
    const clusters = Array.from({ length: 12 }, (_, cluster) => `c${cluster}`)
    const writing = Promise.all(
      clusters.map(async (clusterId, cluster) => {
        for (let poll = 0; poll < 8; poll += 1) {
          const alerts = Array.from({ length: cluster % 2 === 0 ? 60 : 1 }, (_, at) =>
            anAlert({
              id: `${clusterId}-${poll}-${at}`,
              episode: poll,
              subject: { type: 'topic', name: `${poll}-${at}`, part: null },
            }),
          )
          await store.record(clusterId, { ...NOTHING, changed: alerts, transitions: alerts.map(({ id }) => fired(id)) })
        }
      }),
    ).then(() => true)
    const missed: number[] = []
    let read = new Set<number>()
    for (let isDone = false; !isDone; ) {
      isDone = await Promise.race([writing, new Promise<boolean>((later) => setImmediate(() => later(false)))])
      const ids = (await database.client.alertTransition.findMany({ select: { id: true } })).map(({ id }) => id)
      const last = Math.max(0, ...read)
      missed.push(...ids.filter((id) => id < last && !read.has(id)))
      read = new Set(ids)
    }
    expect(read.size).toBe(8 * (6 * 60 + 6))
    expect(missed).toEqual([])
  })

  test('forgets what ended long ago with its transitions, and of too many that ended the oldest', async () => {
    const database = await open()
    const of = (at: number): Alert => anAlert({ ...ENDED, id: `a${at}`, episode: at, endedAtMs: NOW_MS + at })
    const store = createAlertStore(database, undefined, 3)
    await store.record('c', {
      ...NOTHING,
      changed: [...[1, 2, 3, 4, 5].map(of), anAlert()],
      transitions: [fired('a1'), fired('a5')],
    })
    await store.prune(NOW_MS)
    expect((await store.read('c', 0)).map(({ id }) => id).sort()).toEqual(['a3', 'a4', 'a5', 'alert-1'])
    expect(await store.transitions('a1')).toEqual([])
    await store.prune(NOW_MS + 5)
    expect((await store.read('c', 0)).map(({ id }) => id).sort()).toEqual(['a5', 'alert-1'])
    expect(await store.transitions('a5')).toHaveLength(1)
  })
})

onBothDatabases('silences', ({ open }) => {
  const silence = {
    ...{ code: 'group.*', cluster: '*', subject: '*', severity: null },
    reason: 'moving',
    fromAtMs: NOW_MS,
    untilAtMs: NOW_MS + MINUTE_MS,
  }

  test('of the file and of people, until somebody ends them', async () => {
    const database = await open()
    let nowMs = NOW_MS
    const silences = createSilences(database, [{ ...silence, code: '*' }], () => nowMs)
    const added = await silences.add({ ...silence, severity: 'high' }, 'ana')
    expect(added).toMatchObject({ source: 'runtime', createdBy: 'ana', createdAtMs: NOW_MS, severity: 'high' })
    expect((await silences.list()).map(({ id }) => id)).toEqual(['file-1', added.id])
    await expect(silences.remove('file-1')).rejects.toMatchObject({ code: 'silence_in_file' })
    await silences.remove(added.id)
    await expect(silences.remove(added.id)).rejects.toMatchObject({ code: 'silence_not_found' })
    await silences.add(silence, 'ana')
    nowMs += 40 * 24 * 60 * MINUTE_MS
    expect((await silences.list()).map(({ id }) => id)).toEqual(['file-1'])
    await silences.add({ ...silence, untilAtMs: nowMs + 1 }, 'bob')
    expect(await database.client.alertSilence.count()).toBe(1)
  })
})
