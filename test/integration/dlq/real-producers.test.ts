/** Real programs fill dead-letter queues; what the console finds and makes of them. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { decodeDeadLetter } from '../../../lib/dlq/decode.ts'
import { fingerprintOf } from '../../../lib/dlq/fingerprint.ts'
import { kindByName, topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { ObservedDlq } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { deadRecord, type HeaderList } from '../../builders/dead-letters.ts'
import { describeDecoding } from '../../fixtures/dead-letters/decoding-contract.ts'
import { QUEUES } from '../../fixtures/dead-letters/real-dead-letters.ts'
import { createTopics } from '../../servers/create-topics.ts'
import { type FilledQueues, fillDeadLetterQueues } from '../../servers/dead-letter-queues.ts'
import { clusterConfig, EVERY_POLL, snapshotOf } from '../../servers/kafka-clients.ts'

let filled: FilledQueues
beforeAll(async () => {
  filled = await fillDeadLetterQueues()
})
afterAll(() => filled?.stop())

describe('dead letters of programs that run now', () => {
  describeDecoding(() => filled.deadLetters)
})

it('reads every queue as another client does, header for header', async () => {
  const messages = new KafkaMessages(clusterConfig(filled.cluster.bootstrapServers))
  const reader = messages.reader()
  try {
    for (const [queue, records] of Object.entries(filled.deadLetters)) {
      for (const { topic, partition, offset: fromOffset, ...record } of records) {
        const place = { topic, partition, broker: null, fromOffset, maxBytes: 1 }
        const [read] = (await reader.read(place, AbortSignal.timeout(30_000))).messages
        const { offset, timestampMs, key, value, headers } = read ?? {}
        expect([queue, { offset, timestampMs, key, value, headers }]).toEqual([
          queue,
          { offset: fromOffset, ...record },
        ])
      }
    }
  } finally {
    await messages.close()
  }
})

describe('discovery', () => {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })

  async function dlqs(connect?: { url: string; username: null; password: null }[]): Promise<Map<string, ObservedDlq>> {
    const config = clusterConfig(filled.cluster.bootstrapServers, connect ? { connect } : {})
    const snapshot = await snapshotOf(config, { paces: EVERY_POLL })
    const observation = observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
    for (const { kind, faults } of observation.facts) expect([kind, faults]).toEqual([kind, []])
    return new Map(observation.dlqs.map((dlq) => [dlq.topic, dlq]))
  }

  it('finds every queue, and of each the groups and topics that settings tell', async () => {
    const found = await dlqs([{ url: filled.producers.connectUrl, username: null, password: null }])
    expect([...found.keys()].sort()).toEqual(Object.values(QUEUES).sort())
    const owners = (topic: string) => {
      const { groups, sourceTopics, stored } = found.get(topic) ?? {}
      return { groups, sourceTopics, stored }
    }
    expect(owners(QUEUES.connect)).toEqual({ groups: ['connect-ledger'], sourceTopics: ['connect-ledger'], stored: 5n })
    expect(owners(QUEUES.share)).toEqual({ groups: ['parcel-desk'], sourceTopics: ['share-parcels'], stored: 3n })
    expect(owners(QUEUES.shareCopied)).toEqual({ groups: ['letter-desk'], sourceTopics: ['share-letters'], stored: 2n })
    expect(owners(QUEUES.spring)).toEqual({ groups: [], sourceTopics: [], stored: 5n })
  })

  it('knows of a queue without a telling name by the connector alone', async () => {
    expect(kindByName(QUEUES.connect)).toBe('normal')
    expect((await dlqs()).has(QUEUES.connect)).toBe(false)
  })

  it('knows the retry topics that Spring made', async () => {
    const { topics } = await snapshotOf(clusterConfig(filled.cluster.bootstrapServers))
    const retries = topics.map(({ name }) => name).filter((name) => kindByName(name) === 'retry')
    expect(retries.sort()).toEqual(['retryable-orders-retry-20', 'retryable-orders-retry-40'])
  })

  it('names the fault where no worker answers, and knows the rest', async () => {
    const connect = [{ url: 'http://127.0.0.1:1', username: null, password: null }]
    const { facts, declaredDlqs } = await snapshotOf(clusterConfig(filled.cluster.bootstrapServers, { connect }))
    expect(facts.find(({ kind }) => kind === 'connect')?.faults).toMatchObject([
      { subject: { type: 'connect', name: '127.0.0.1:1' }, fault: { code: 'connectWorkerUnreachable' } },
    ])
    expect(declaredDlqs.map(({ topic }) => topic)).toEqual([QUEUES.shareCopied, QUEUES.share])
  })
})

describe('a program of kafkajs that imitates Spring', () => {
  it('is decoded from its text, and grouped with what Spring wrote of the same cause', async () => {
    const topic = 'imitated-orders.DLT'
    const { clients, producers, deadLetters } = filled
    await createTopics(clients.admin, [{ topic, numPartitions: 2 }])
    const error = 'DeadLetterProducers$StockException'
    const headers: Record<string, string> = {
      tenant: 'acme',
      'kafka_dlt-original-topic': 'spring-orders',
      'kafka_dlt-original-partition': '1',
      'kafka_dlt-original-offset': '1',
      'kafka_dlt-original-timestamp': '1700000000000',
      'kafka_dlt-original-consumer-group': 'node-desk',
      'kafka_dlt-exception-fqcn': error,
      'kafka_dlt-exception-message': 'article 99 is out of stock',
    }
    await clients.produce(topic, [{ key: 'order-1', value: 'stock 99', partition: 1, headers }])
    const [record] = await vi.waitFor(() => producers.read(topic, 1))
    if (record === undefined) throw new Error('it was not read')
    expect(record.headers).toEqual(deadRecord(Object.entries(headers) as HeaderList).headers)
    const decoded = decodeDeadLetter(record, BUILT_IN_PROFILES)
    expect(decoded).toMatchObject({
      format: 'spring',
      origin: { topic: 'spring-orders', partition: 1, offset: 1n, timestampMs: 1_700_000_000_000, group: 'node-desk' },
    })
    expect(new Set(decoded.faults.map(({ code }) => code))).toEqual(new Set(['otherEncoding']))
    const real = deadLetters.spring.find(({ value }) => String(value) === 'stock 17')
    expect(real && fingerprintOf(decodeDeadLetter(real, BUILT_IN_PROFILES)).key).toBe(fingerprintOf(decoded).key)
  })
})
