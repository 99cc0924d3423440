import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createAlertStore } from '../../../lib/alerting/alert-store.ts'
import { placeKey } from '../../../lib/alerts/alert-rule.ts'
import { AlertWatch } from '../../../lib/collector/alert-watch.ts'
import type { Database } from '../../../lib/db.ts'
import { onBothDatabases } from '../db/databases.ts'
import { seeded } from '../db/killed-writer.ts'
import { noted, seededPoll } from './seeded-polls.ts'

const WRITER = fileURLToPath(new URL('./alert-until-killed.ts', import.meta.url))
const KILLS = 10
const LONGEST_RUN_MS = 250

/** @returns the number of the last poll that was stored for sure */
async function watchAndKill(url: string, from: number, random: () => number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, url, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (part) => {
    said += part
  })
  await once(child.stdout, 'data')
  await sleep(random() * LONGEST_RUN_MS)
  child.kill('SIGKILL')
  await once(child, 'close')
  return Number(said.trim().split('\n').at(-1))
}

interface Told {
  /** Alerts whose transitions do not lead from nothing to what they are. */
  broken: string[]
  open: string[]
  alerts: number
}

async function toldIn(database: Database): Promise<Told> {
  const store = createAlertStore(database)
  const alerts = await store.list(0)
  const broken: string[] = []
  for (const { id, state } of alerts) {
    const steps = await store.transitions(id)
    const isWhole = steps.every(({ from }, index) => from === (steps[index - 1]?.to ?? null))
    if (!isWhole || steps.at(-1)?.to !== state) broken.push(id)
  }
  const open = alerts.filter(({ endedAtMs }) => endedAtMs === null)
  return { broken, open: open.map(({ ruleCode, subject }) => placeKey(ruleCode, subject)), alerts: alerts.length }
}

onBothDatabases('alerts of a collector that is killed again and again', ({ createUrl, open }) => {
  test(`are told whole and once, after ${KILLS} kills`, async () => {
    const url = await createUrl()
    const random = seeded(8)
    const database = await open(url)
    let next = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      // The poll that was under way may be stored or not: the next process polls again.
      next = (await watchAndKill(url, next, random)) + 1
      const { broken, open: places } = await toldIn(database)
      expect(broken).toEqual([])
      expect(new Set(places).size).toBe(places.length)
    }
    const told = await toldIn(database)
    expect(told.alerts).toBeGreaterThan(100)
    // One that was never killed has the same alerts open after the same poll.
    const calm = await open()
    for (const [target, from] of [
      [database, next],
      [calm, 0],
    ] as const) {
      const watch = new AlertWatch({
        ...{ clusterId: 'c', intervalMs: 15_000, store: createAlertStore(target) },
        ...{ losses: { list: async () => [] }, history: { read: async () => [] } },
      })
      for (let poll = from; poll <= next; poll += 1) await watch.note(noted(seededPoll(poll)))
    }
    expect((await toldIn(database)).open.toSorted()).toEqual((await toldIn(calm)).open.toSorted())
  })
})
