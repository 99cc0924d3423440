/** The sign of life at a real receiver: when it comes, and when it stops. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../../../lib/log.ts'
import { systemResolve } from '../../../lib/receivers/dial.ts'
import { sendHeartbeat } from '../../../lib/receivers/heartbeat.ts'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { heartbeatTask } from '../../../lib/worker/heartbeat-task.ts'
import { type HttpReceiver, startHttpReceiver } from '../../servers/http-receiver.ts'

const NEVER = new AbortController().signal

let receiver: HttpReceiver
beforeEach(async () => {
  receiver = await startHttpReceiver()
})
afterEach(() => receiver.close())

const logged: string[] = []
let nowMs: number
let isWell: () => Promise<boolean>
beforeEach(() => {
  nowMs = 0
  logged.length = 0
  isWell = async () => true
})

function aTask(allowedNetworks = ['127.0.0.1/32']): () => Promise<boolean> {
  const settings = { allowedNetworks, resolve: systemResolve }
  const log = createLogger({ logLevel: 'info' }, [receiver.url], { write: (line) => void logged.push(line) })
  const task = heartbeatTask({
    ...{ everyMs: MINUTE_MS, isWell: () => isWell(), monotonicMs: () => nowMs, log },
    send: (signal) => sendHeartbeat(receiver.url, settings, nowMs, signal),
  })
  return () => task.step(NEVER)
}

async function pass(step: () => Promise<boolean>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await step()
    nowMs += SECOND_MS
  }
}

test('comes once in its time, however often the worker is woken', async () => {
  const step = aTask()
  await pass(step, 61)
  expect(receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /in', 'GET /in'])
  for (let wake = 0; wake < 5; wake += 1) await step()
  expect(receiver.received).toHaveLength(2)
})

test('stops while the console does not work, and comes at once when it does', async () => {
  const step = aTask()
  await step()
  isWell = async () => false
  await pass(step, 300)
  expect(receiver.received).toHaveLength(1)
  isWell = async () => {
    throw new Error('the database is away')
  }
  await expect(step()).rejects.toThrow('away')
  expect(receiver.received).toHaveLength(1)
  isWell = async () => true
  await step()
  expect(receiver.received).toHaveLength(2)
})

test('that is not taken is logged once, without its address', async () => {
  receiver.answer = (response) => void response.writeHead(500).end()
  const step = aTask()
  await pass(step, 200)
  expect(receiver.received).toHaveLength(4)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toContain('serverFailed')
  receiver.answer = (response) => void response.end()
  await pass(step, 61)
  expect(logged).toHaveLength(2)
  expect(logged.join()).not.toContain(receiver.url)
})

test('is not sent where receivers may not stand', async () => {
  await aTask([])()
  expect(receiver.received).toEqual([])
  expect(logged[0]).toContain('addressBlocked')
})
