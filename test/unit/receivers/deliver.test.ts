/** Whom a delivery waits for, and what is done when the database does not take what became of it. */
import { beforeEach, expect, test } from 'vitest'
import { createLogger } from '../../../lib/log.ts'
import type { Attempt, Delivery } from '../../../lib/outbox/delivery.ts'
import type { DueDelivery, Outbox } from '../../../lib/outbox/outbox.ts'
import { Deliverer, type DelivererOptions } from '../../../lib/receivers/deliver.ts'
import { DELIVERED, type Outcome, retry } from '../../../lib/receivers/outcome.ts'
import type { Sender } from '../../../lib/receivers/sender.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { aReceiver, aReportNotification } from '../../builders/notifications.ts'

const NEVER = new AbortController().signal

let nowMs: number
let due: Delivery[]
let sent: string[]
let logged: string[]
let noted: string[]
let noting: () => void
let answer: Outcome
let quietMs: (id: string) => number
beforeEach(() => {
  nowMs = 0
  ;[due, sent, logged, noted] = [[], [], [], []]
  noting = () => undefined
  answer = DELIVERED
  quietMs = () => 0
})

function put(receiverId: string, id = `d-${receiverId}`): void {
  due.push({
    ...{ id, receiverId, kind: 'report', source: id, sequence: 0, state: 'waiting', createdAtMs: 0 },
    ...{ nextAttemptAtMs: 0, triedSinceMs: 0, tries: 0, attempts: 0, last: null },
  })
}

const outbox = {
  due: async (_nowMs: number, except: Iterable<string>): Promise<DueDelivery[]> => {
    const spared = new Set(except)
    return due
      .filter(({ receiverId }) => !spared.has(receiverId))
      .map((delivery) => ({ delivery, notification: aReportNotification() }))
  },
  note: async ({ id }: Delivery, { code }: Attempt, { state }: { state: string }): Promise<boolean> => {
    noting()
    noted.push(code)
    if (state !== 'waiting') due = due.filter((delivery) => delivery.id !== id)
    return true
  },
} as unknown as Outbox

const sender: Sender = {
  take: ({ id }) => quietMs(id),
  send: async (_receiver, _notification, id) => {
    sent.push(id)
    return answer
  },
}

function aDeliverer(
  receiverOf: DelivererOptions['receiverOf'] = async (id) => aReceiver('webhook', { id }),
): Deliverer {
  const log = createLogger({ logLevel: 'error' }, [], { write: (line) => void logged.push(line) })
  return new Deliverer({ outbox, sender, receiverOf, now: () => nowMs, monotonicMs: () => nowMs, log })
}

async function look(deliverer: Deliverer): Promise<void> {
  await deliverer.step(NEVER)
  await deliverer.end()
}

test('receivers that want to be left alone take no place from another', async () => {
  for (let index = 0; index < 40; index += 1) put(`quiet-${index}`)
  put('other')
  quietMs = (id) => (id === 'other' ? 0 : HOUR_MS)
  const deliverer = aDeliverer()
  for (let index = 0; index < 3; index += 1) await look(deliverer)
  expect(sent).toEqual(['d-other'])
  quietMs = () => 0
  nowMs += HOUR_MS
  for (let index = 0; index < 3; index += 1) await look(deliverer)
  expect(sent).toHaveLength(41)
})

test('receivers that take nothing give their place to another between two attempts', async () => {
  for (let index = 0; index < 16; index += 1) {
    for (let message = 0; message < 9; message += 1) put(`gone-${index}`, `d-${index}-${message}`)
  }
  put('other')
  answer = retry('connectionRefused')
  const deliverer = aDeliverer()
  for (let index = 0; index < 2; index += 1) await look(deliverer)
  expect(sent).toContain('d-other')
  expect(sent).toHaveLength(17)
})

test('for a receiver that cannot be read just now its messages wait', async () => {
  put('sealed')
  const deliverer = aDeliverer(async () => 'unreadable')
  await look(deliverer)
  expect(sent).toEqual([])
  expect(due).toHaveLength(1)
  expect(noted).toEqual(['receiverUnreadable'])
})

test('what was sent and could not be noted is noted later, and not sent again', async () => {
  put('full')
  noting = () => {
    throw new Error('the disk is full')
  }
  const deliverer = aDeliverer()
  for (let second = 0; second < 120; second += 1) {
    await look(deliverer)
    nowMs += SECOND_MS
  }
  expect(sent).toEqual(['d-full'])
  expect(logged.length).toBeLessThan(10)
  noting = () => undefined
  nowMs += MINUTE_MS
  await look(deliverer)
  expect([sent, due]).toEqual([['d-full'], []])
  // Another attempt of the same is one that is made.
  put('full')
  await look(deliverer)
  expect(sent).toEqual(['d-full', 'd-full'])
})
