/** A collector and a worker that are killed again and again, and what arrived at real receivers held against what was stored. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { AlertStore, StoredAlert, StoredTransition } from '../../../lib/alerting/alert-store.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { type HttpReceiver, startHttpReceiver } from '../../servers/http-receiver.ts'
import { noted, seededPoll } from '../alerting/seeded-polls.ts'
import { delivererTo } from '../outbox/deliverer-of.ts'
import { labOf, receiversAt, watchOf } from './killed-telling-parts.ts'
import { wordsOf } from './telling-lab.ts'

const PROGRAM = fileURLToPath(new URL('./tell-until-killed.ts', import.meta.url))
const LONGEST_LIFE_MS = 400

export interface KilledTelling {
  /** What is wrong, in words. */
  faults: string[]
  alerts: number
  /** Requests at the program's receiver, and messages under an id of their own among these. */
  requests: number
  messages: number
}

export async function tellAndKill(url: string, kills: number, random: () => number): Promise<KilledTelling> {
  const [hook, chat] = await Promise.all([startHttpReceiver(), startHttpReceiver()])
  chat.answer = (response) => void response.end('ok')
  const database = await openDatabase(url)
  try {
    let next = 0
    for (let kill = 0; kill < kills; kill += 1) next = (await liveAndDie({ url, hook, chat, next, random })) + 1
    const store = await calmDown(database, hook, chat, next)
    return await judge(database, store, hook, chat)
  } finally {
    await database.close()
    await Promise.all([hook.close(), chat.close()])
  }
}

interface Life {
  url: string
  hook: HttpReceiver
  chat: HttpReceiver
  /** The first poll. */
  next: number
  random: () => number
}

/** @returns the last poll that was stored for sure */
async function liveAndDie({ url, hook, chat, next, random }: Life): Promise<number> {
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [PROGRAM, url, hook.url, chat.url, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const collector = start('collector', String(next))
  const worker = start('worker')
  const ended = Promise.all([once(collector, 'close'), once(worker, 'close')])
  let said = ''
  collector.stdout?.on('data', (part) => {
    said += part
  })
  await once(collector.stdout as NonNullable<ChildProcess['stdout']>, 'data')
  await sleep(random() * LONGEST_LIFE_MS)
  if (random() < 0.5) collector.kill('SIGKILL')
  // As it has a request in hand, if one comes.
  const inHand = new Promise<void>((done) => {
    const before = hook.answer
    hook.answer = () => {
      worker.kill('SIGKILL')
      hook.answer = before
      done()
    }
  })
  await Promise.race([inHand, sleep(random() * LONGEST_LIFE_MS)])
  worker.kill('SIGKILL')
  await sleep(random() * 20)
  collector.kill('SIGKILL')
  await ended
  hook.answer = (response) => void response.end()
  return Number(said.trim().split('\n').at(-1))
}

/** Nothing is found any more, until all has ended and been told. */
async function calmDown(database: Database, hook: HttpReceiver, chat: HttpReceiver, next: number): Promise<AlertStore> {
  const receivers = receiversAt(hook.url, chat.url)
  const { store, teller, outbox } = labOf(database, receivers)
  const watch = watchOf(store)
  const last = seededPoll(next)
  // Those that came and went are held until they were over for ten minutes.
  for (const laterMs of [0, 11 * MINUTE_MS, 22 * MINUTE_MS]) {
    const observation = { ...last, atMs: last.atMs + laterMs, findings: [] }
    await watch.note(noted(observation))
  }
  const deliverer = delivererTo(database, receivers, Date.now)
  const isBusy = async (): Promise<boolean> =>
    (await outbox.hasDue(Date.now() + HOUR_MS)) ||
    (await database.client.alertGroup.count({ where: { dueAtMs: { not: null } } })) > 0
  while (await isBusy()) {
    await teller.tellDue()
    await deliverer.step(new AbortController().signal)
    await deliverer.end()
  }
  return store
}

async function judge(
  database: Database,
  store: AlertStore,
  hook: HttpReceiver,
  chat: HttpReceiver,
): Promise<KilledTelling> {
  const alerts = await store.list(0)
  const [rows, tellings] = await Promise.all([
    database.client.delivery.findMany({ omit: { payload: true }, orderBy: { sequence: 'asc' } }),
    database.client.alertTelling.findMany(),
  ])
  const faults = [
    ...rows.filter(({ state }) => state !== 'delivered').map(({ id, state }) => `${id} is ${state}`),
    ...tellings
      .filter(({ endToldAtMs }) => endToldAtMs === null)
      .map(({ alertId, receiverId }) => `${receiverId} waits for ${alertId}`),
  ]
  // The number of a group's next message is stored with its messages: one that was lost or made twice would be missing.
  for (const [source, ofIt] of Map.groupBy(rows, (row) => row.source)) {
    const isWhole = ofIt.every(({ sequence }, place) => sequence === place)
    if (!isWhole) faults.push(`${source} has the messages ${ofIt.map(({ sequence }) => sequence).join()}`)
  }
  const toChat = rows.filter(({ receiverId }) => receiverId === 'chat').length
  if (toChat === 0 || chat.received.length < toChat)
    faults.push(`${chat.received.length} of ${toChat} came to the chat`)
  const heard = Map.groupBy(hook.received, ({ body }) => JSON.parse(body).data.id as string)
  for (const alert of alerts) {
    faults.push(...faultsOf(alert, await store.transitions(alert.id), heard.get(alert.id) ?? []))
  }
  const messages = new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size
  return { faults, alerts: alerts.length, requests: hook.received.length, messages }
}

function faultsOf(
  { id, state }: StoredAlert,
  transitions: readonly StoredTransition[],
  heard: HttpReceiver['received'],
): string[] {
  const words = heard.map(({ body }) => wordsOf(body).split(' ')[0])
  const idsOf = (word: string): number =>
    new Set(heard.filter((_, place) => words[place] === word).map(({ headers }) => headers['webhook-id'])).size
  const faults: string[] = []
  if (state !== 'resolved') faults.push('has not ended')
  const isToBeTold = transitions.some(({ to, isInhibited }) => to === 'firing' && !isInhibited)
  if (!isToBeTold) return words.length === 0 ? [] : [`${id} was told, and another one tells it`]
  const flaps = transitions.filter(({ reason }) => reason === 'flapping').length
  if (idsOf('firing') < 1 || idsOf('firing') > 1 + flaps) faults.push(`began ${idsOf('firing')} times`)
  if (idsOf('resolved') !== 1) faults.push(`ended ${idsOf('resolved')} times`)
  const end = words.indexOf('resolved')
  if (end === 0 || words.slice(end).includes('firing')) faults.push(`was told as ${words.join(', ')}`)
  return faults.map((fault) => `${id} ${fault}`)
}
