/**
 * Real programs that fill dead-letter queues (test/servers/java/DeadLetterProducers.java), all in one Java process: a
 * Spring application, a Kafka Streams application, a Connect worker and members of share groups.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DeadRecord, RecordHeader } from '../../lib/dlq/dead-letter.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { freePort } from './free-port.ts'
import { guardFolder } from './guard.ts'
import { type JavaPeer, startJavaPeer } from './java-peer.ts'
import { deadLetterProducerJars } from './maven.ts'

export interface DeadLetterProducers {
  /** Connect's REST API. */
  readonly connectUrl: string
  /** Starts the Spring, Streams and Connect programs; their source topics must be there. */
  start(): Promise<void>
  /** Makes a connector; answers when the worker has taken it. */
  addConnector(name: string, config: Readonly<Record<string, string>>): Promise<void>
  /** Settings of a group, which no JavaScript client knows. */
  setGroup(group: string, settings: Readonly<Record<string, string>>): Promise<void>
  /** Takes so many records of a topic as a share group does until each is given up. */
  share(group: string, topic: string, records: number): Promise<void>
  /** Waits for so many records, and answers all that the topic has, with their headers in their order. */
  read(topic: string, count: number): Promise<DeadRecord[]>
  stop(): Promise<void>
}

const JVM = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
const QUIET = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'
const REQUEST_DEADLINE_MS = 30 * SECOND_MS

export async function startDeadLetterProducers(brokers: readonly string[]): Promise<DeadLetterProducers> {
  const [jars, port] = await Promise.all([deadLetterProducerJars(), freePort()])
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-dead-letters-'))
  const releaseFolder = await guardFolder(folder)
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    releaseFolder()
  }
  try {
    const peer = await startJavaPeer('DeadLetterProducers', {
      jvm: [...JVM, QUIET, `-Djava.io.tmpdir=${folder}`],
      jars,
      args: [brokers.join(','), folder, String(port)],
      env: process.env,
      folder,
    })
    return toProducers(peer, `http://127.0.0.1:${port}`, remove)
  } catch (error) {
    await remove()
    throw error
  }
}

function toProducers(peer: JavaPeer, connectUrl: string, remove: () => Promise<void>): DeadLetterProducers {
  return {
    connectUrl,
    async start() {
      await peer.call('start')
    },
    addConnector: (name, config) => addConnector(connectUrl, name, config),
    async setGroup(group, settings) {
      const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
      await peer.call('groupSettings', group, words.join(','))
    },
    async share(group, topic, records) {
      await peer.call('share', group, topic, String(records))
    },
    async read(topic, count) {
      return parseRecords(topic, await peer.call('read', topic, String(count)))
    },
    async stop() {
      await peer.stop()
      await remove()
    },
  }
}

async function addConnector(url: string, name: string, config: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(`${url}/connectors`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, config }),
    signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
  })
  if (!response.ok) throw new Error(`the connector ${name} was refused: ${await response.text()}`)
}

function parseRecords(topic: string, text: string): DeadRecord[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [partition, offset, timestampMs, key = '-', value = '-', ...rest] = line.split(' ')
    const headers: RecordHeader[] = []
    for (let at = 0; at < rest.length; at += 2) {
      headers.push({ key: bytesOf(rest[at])?.toString() ?? '', value: bytesOf(rest[at + 1]) })
    }
    return {
      topic,
      partition: Number(partition),
      offset: BigInt(offset ?? ''),
      timestampMs: Number(timestampMs),
      key: bytesOf(key),
      value: bytesOf(value),
      headers,
    }
  })
}

/** `=` and base64, or `-` for none. */
function bytesOf(word = '-'): Buffer | null {
  return word === '-' ? null : Buffer.from(word.slice(1), 'base64')
}
