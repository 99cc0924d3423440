import { expect, test } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { DlqDiscovery } from '../../../lib/inbox/dlq-discovery.ts'
import { deadMessage } from '../../builders/dead-messages.ts'
import { MemoryLog } from '../../builders/memory-log.ts'
import { onBothDatabases } from '../db/databases.ts'

const HOUR_MS = 3_600_000
const signal = new AbortController().signal

function topic(name: string, more: { kind?: 'normal' | 'dlq'; internal?: boolean; messages?: bigint } = {}) {
  return { name, topicId: name, kind: 'normal' as const, internal: false, messages: 10n, ...more }
}

/** @param dead how many of the newest ten records died */
function logOf(dead: number): MemoryLog {
  const log = new MemoryLog()
  for (let at = 0; at < 10; at += 1) {
    log.append({ partition: 0, broker: null }, at < dead ? deadMessage({ cause: 1 }) : {})
  }
  return log
}

onBothDatabases('dead-letter topics that only their records tell', ({ open }) => {
  test('are found, each topic looked at once in hours, few in one round', async () => {
    let nowMs = 0
    const asked: string[] = []
    const logs = new Map([
      ['parking-lot', logOf(10)],
      ['mixed', logOf(5)],
      ['orders', logOf(0)],
      ['hidden', logOf(10)],
    ])
    const reader = new MemoryLog()
    reader.describe = async (name?: string) => {
      asked.push(name ?? '')
      return (logs.get(name ?? '') ?? logOf(0)).describe()
    }
    reader.read = async (request) => (logs.get(request.topic) ?? logOf(0)).read(request, signal)
    const discovery = new DlqDiscovery({
      database: await open(),
      profiles: BUILT_IN_PROFILES,
      isExcluded: (name) => name === 'hidden',
      now: () => nowMs,
    })
    const topics = [
      ...['parking-lot', 'mixed', 'orders', 'hidden', 'a', 'b', 'c'].map((name) => topic(name)),
      ...[topic('known-dlt', { kind: 'dlq' }), topic('_inside', { internal: true }), topic('empty', { messages: 0n })],
    ]
    const look = () => discovery.sampleOnce({ clusterId: 'c', reader }, topics, signal)
    expect([await look(), await look(), await look()]).toEqual([5, 1, 0])
    expect(new Set(asked)).toEqual(new Set(['parking-lot', 'mixed', 'orders', 'a', 'b', 'c']))
    const found = [{ topic: 'parking-lot', groups: [], sourceTopics: [] }]
    expect(await discovery.discovered('c')).toEqual(found)
    expect(await discovery.discovered('other')).toEqual([])
    // Used for something else by now: it is known as a queue, and looked at again.
    logs.set('parking-lot', logOf(0))
    topics[0] = topic('parking-lot', { kind: 'dlq' })
    nowMs += 7 * HOUR_MS
    await look()
    await look()
    expect(await discovery.discovered('c')).toEqual([])
  })
})
