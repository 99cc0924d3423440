import { describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../../../lib/cluster/messages.ts'
import { chooseQueue, chooseSteadily, steadyQueues } from '../../../lib/rocketmq/choose-queue.ts'
import type { TopicPlace } from '../../../lib/rocketmq/topic-places.ts'

function place(brokerName: string, over: Partial<TopicPlace> = {}): TopicPlace {
  const all = { slaves: [], queues: 2, writeQueues: 2, isReadable: true, isWritable: true }
  return { brokerName, master: `${brokerName}:10911`, ...all, ...over }
}

const PLACES = [
  place('a'),
  place('b', { writeQueues: 1 }),
  place('readOnly', { isWritable: false }),
  place('headless', { master: null, slaves: ['headless:10921'] }),
]

function choose(over: Partial<OutgoingMessage> = {}, turn = 0, places: readonly TopicPlace[] = PLACES) {
  const nothing = {
    topic: 'orders',
    partition: null,
    broker: null,
    key: null,
    value: null,
    headers: [],
    timestampMs: null,
  }
  const { value, fault } = chooseQueue({ ...nothing, ...over }, places, turn)
  return value ? `${value.brokerName}-${value.queue} at ${value.address}` : fault
}

describe('chooseQueue', () => {
  it('takes one writable queue after the other without a key, and always the same one with it', () => {
    expect([0, 1, 2, 3].map((turn) => choose({}, turn))).toEqual([
      ...['a-0 at a:10911', 'a-1 at a:10911', 'b-0 at b:10911', 'a-0 at a:10911'],
    ])
    const keys = Array.from({ length: 50 }, (_, index) => Buffer.from(`key-${index}`))
    const chosen = keys.map((key) => choose({ key }))
    expect(keys.map((key) => choose({ key }, 7))).toEqual(chosen)
    expect(new Set(chosen).size).toBe(3)
  })

  it('takes what it is told, as far as it is told', () => {
    expect(choose({ broker: 'a', partition: 1 })).toBe('a-1 at a:10911')
    expect([0, 1].map((turn) => choose({ partition: 0 }, turn))).toEqual(['a-0 at a:10911', 'b-0 at b:10911'])
    expect(choose({ broker: 'b' }, 5)).toBe('b-0 at b:10911')
  })

  it.each<[string, Partial<OutgoingMessage>, string]>([
    ['a queue that is not written to', { broker: 'b', partition: 1 }, 'notWritable'],
    ['a broker that may not be written to', { broker: 'readOnly' }, 'notWritable'],
    ['a broker that has only its slave', { broker: 'headless' }, 'leaderNotAvailable'],
    ['a broker that does not hold the topic', { broker: 'c' }, 'leaderNotAvailable'],
  ])('sends nothing to %s', (_, over, code) => {
    expect(choose({ ...over, key: Buffer.from('k') })).toMatchObject({ code })
  })
})

describe('chooseSteadily', () => {
  const queues = steadyQueues(PLACES)
  const steadily = (together: string, places: readonly TopicPlace[] = PLACES) => {
    const nothing = { topic: 'orders', partition: null, broker: null, key: null, value: null, headers: [] }
    const message = { ...nothing, timestampMs: null, together: Buffer.from(together) }
    const { value, fault } = chooseSteadily(message, places, queues)
    return value ? `${value.brokerName}-${value.queue}` : fault.code
  }
  const names = Array.from({ length: 50 }, (_, index) => `order-${index}`)

  it('takes one queue for what belongs together, of all that may be written to', () => {
    expect(new Set(names.map((name) => steadily(name)))).toEqual(new Set(['a-0', 'a-1', 'b-0', 'leaderNotAvailable']))
    expect(names.map((name) => steadily(name))).toEqual(names.map((name) => steadily(name)))
  })

  it('never takes another one, though brokers lose their masters, come or go', () => {
    const places = [...PLACES.map((one) => (one.brokerName === 'a' ? place('a', { master: null }) : one)), place('c')]
    for (const name of names) {
      const before = steadily(name)
      expect(steadily(name, places)).toBe(before.startsWith('a-') ? 'leaderNotAvailable' : before)
      const without = PLACES.filter(({ brokerName }) => brokerName !== 'a')
      expect(steadily(name, without)).toBe(before.startsWith('a-') ? 'leaderNotAvailable' : before)
    }
  })
})
