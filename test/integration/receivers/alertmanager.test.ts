/** A real Alertmanager takes what is pushed to it, and its own webhook has the shape that ours has. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../lib/db.ts'
import { buildOutgoing } from '../../../lib/receivers/build-outgoing.ts'
import { systemResolve } from '../../../lib/receivers/dial.ts'
import type { OutgoingRequest } from '../../../lib/receivers/outgoing.ts'
import { sendMessage } from '../../../lib/receivers/send-message.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { anAlert, anAlertNotification, aReceiver, CONTEXT } from '../../builders/notifications.ts'
import { freePort } from '../../servers/free-port.ts'
import { type HttpReceiver, startHttpReceiver } from '../../servers/http-receiver.ts'
import { waitUntil } from '../../servers/wait-until.ts'
import { TellingLab } from '../telling/telling-lab.ts'

interface Listed {
  labels: Record<string, string>
  endsAt: string
}

function onPath(...names: string[]): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram)
  return found ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not ours to run.
    return false
  }
}

const program = onPath('alertmanager', 'prometheus-alertmanager')

describe.skipIf(program === null)('a real Alertmanager (needs the program alertmanager on PATH)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-alertmanager-'))
  let hook: HttpReceiver
  let running: ChildProcess
  let url: string

  beforeAll(async () => {
    hook = await startHttpReceiver()
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    writeFileSync(
      join(folder, 'alertmanager.yml'),
      `route: { receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s }
receivers: [{ name: hook, webhook_configs: [{ url: "${hook.url}" }] }]
`,
    )
    const listen = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=']
    const files = [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`]
    running = spawn(program ?? '', [...files, ...listen], { stdio: 'ignore' })
    await waitUntil(
      async () => {
        const { ok } = await fetch(`${url}/-/ready`)
        if (!ok) throw new Error('not ready')
      },
      { timeout: 30_000, interval: 100 },
    )
  })

  afterAll(async () => {
    if (running.exitCode === null) {
      const exited = once(running, 'exit')
      running.kill()
      await exited
    }
    await hook.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const push = async (endedAtMs: number | null): Promise<unknown> => {
    const now = Date.now()
    const alert = anAlert({ startedAtMs: now - 60_000, endedAtMs })
    const settings = { allowedNetworks: ['127.0.0.1/32'], resolve: systemResolve }
    const receiver = aReceiver('alertmanager', { url, username: null, password: null })
    const notification = anAlertNotification([alert])
    return sendMessage(receiver, notification, { ...CONTEXT, nowMs: now }, settings, new AbortController().signal)
  }

  test('takes an alert and its end', async () => {
    expect(await push(null)).toMatchObject({ state: 'delivered' })
    const listed = await fetch(`${url}/api/v2/alerts`)
    expect(await listed.json()).toMatchObject([
      {
        labels: { alertname: 'partition.underMinIsr', cluster: 'live', topic: 'orders', severity: 'high' },
        ...{ annotations: { summary: expect.stringContaining('orders') }, status: { state: 'active' } },
        generatorURL: 'https://console.example/hf/alerts?alert=a-1',
      },
    ])
    await expect.poll(() => hook.received.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(await push(Date.now())).toMatchObject({ state: 'delivered' })
    const states = (): string[] => hook.received.map(({ body }) => JSON.parse(body).status)
    await expect.poll(states, { timeout: 30_000 }).toContain('resolved')
  })

  test('is told on of what fires, as graver when it is, and of its end', async () => {
    const database = await openDatabase(`file:${join(folder, 'told.db')}`)
    const am = aReceiver('alertmanager', { id: 'am', url, username: null, password: null })
    const lab = new TellingLab(database, { receivers: [am] })
    // Behind its clock: an end that lies ahead of it would be none yet.
    lab.nowMs = Date.now() - 2 * MINUTE_MS
    const since = { startedAtMs: lab.nowMs, firedAtMs: lab.nowMs }
    const seen = async (): Promise<string[]> => {
      const listed = (await (await fetch(`${url}/api/v2/alerts?filter=cluster%3D%22c%22`)).json()) as Listed[]
      return listed.map(({ labels, endsAt }) => {
        const minutesLeft = Math.round((Date.parse(endsAt) - lab.nowMs) / MINUTE_MS)
        return `${labels.topic} ${labels.part ?? ''} ${labels.severity} ${minutesLeft}`
      })
    }
    // Two of one subject are two, whatever else they share.
    const parts = ['one', 'two'].map((part) => {
      return { ...since, id: part, subject: { type: 'topic', name: 'told', part } as const }
    })
    const work = async (): Promise<void> => {
      for (let look = 0; look < 2; look += 1) await lab.work()
    }
    try {
      await lab.change('raised', ...parts)
      await work()
      expect((await seen()).sort()).toEqual(['told one high 5', 'told two high 5'])
      lab.nowMs += MINUTE_MS
      await work()
      expect((await seen()).sort()).toEqual(['told one high 5', 'told two high 5'])
      await lab.change('worsened', { ...parts[0], severity: 'critical' })
      await work()
      await expect
        .poll(async () => (await seen()).filter((words) => words.endsWith(' 5')).sort())
        .toEqual([...['told one critical 5', 'told two high 5']])
      const endedAtMs = Date.now()
      await lab.change('cleared', ...parts.map((part) => ({ ...part, state: 'resolved', endedAtMs }) as const))
      await work()
      await expect.poll(async () => (await seen()).filter((words) => words.endsWith(' 5'))).toEqual([])
    } finally {
      await database.close()
    }
  })

  test('sends its own webhooks in the shape in which ours are', async () => {
    const theirs = JSON.parse(hook.received[0]?.body ?? '')
    const receiver = aReceiver('webhook', { format: 'alertmanager', secret: null })
    const ours = JSON.parse((buildOutgoing(receiver, anAlertNotification(), CONTEXT) as OutgoingRequest).body)
    const shapeOf = (value: unknown): unknown =>
      value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typeof inner]))
        : typeof value
    expect(shapeOf(ours)).toMatchObject(shapeOf(theirs) as object)
    expect(shapeOf(ours.alerts[0])).toMatchObject(shapeOf(theirs.alerts[0]) as object)
    expect(ours.alerts[0].endsAt).toBe(theirs.alerts[0].endsAt)
  })

  test('refuses what is no alert', async () => {
    const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', body: '[{}]' })
    expect(answer.status).toBeGreaterThanOrEqual(400)
  })
})
