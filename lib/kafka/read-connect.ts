/**
 * Which topics the sinks of Kafka Connect give their dead letters to, told by the workers' REST API: the one list of
 * connectors, once a minute. Their settings hold secrets: only what is named here is looked at, and nothing else kept.
 */
import { z } from 'zod'
import type { ConnectConfig } from '../cluster/cluster-config.ts'
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { errorChain } from '../cluster/network-fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { DeclaredDlq } from '../cluster/snapshot.ts'
import { SECOND_MS } from '../units.ts'

/** All of it: a poll waits for it. */
const DEADLINE_MS = 3 * SECOND_MS
/** A thousand connectors of 8 KB each. */
const MAX_ANSWER_BYTES = 8 * 1_024 * 1_024

export class ConnectReader {
  readonly #workers: readonly ConnectConfig[]
  readonly #read: PacedCache<DeclaredDlq[]>
  /** What was last known, also while a worker is silent: its queues are still what they were. */
  readonly #known = new Map<string, DeclaredDlq[]>()

  constructor(workers: readonly ConnectConfig[], paceMs: number | null) {
    this.#workers = workers
    this.#read = new PacedCache(paceMs)
  }

  /** Never throws: what cannot be read is a fault of the fact `connect`. */
  async read(signal: AbortSignal, book: FactBook, nowMs: number): Promise<void> {
    const due = this.#read.due(
      this.#workers.map(({ url }) => url),
      nowMs,
    )
    await Promise.all(
      this.#workers
        .filter(({ url }) => due.includes(url))
        .map(async (worker) => {
          const outcome = await readSinks(worker, signal)
          this.#read.set(worker.url, outcome, nowMs)
          if (outcome.fault === null) this.#known.set(worker.url, outcome.value)
        }),
    )
    if (due.length > 0) book.wasRead('connect', nowMs)
    for (const [url, reason] of this.#read.faults()) book.fail('connect', 'connect', addressOf(url), reason)
  }

  /** A topic that several sinks name stands there several times. */
  queues(): DeclaredDlq[] {
    return [...this.#known.values()].flat()
  }
}

async function readSinks(worker: ConnectConfig, signal: AbortSignal): Promise<Outcome<DeclaredDlq[]>> {
  const address = addressOf(worker.url)
  try {
    const { status, body } = await get(worker, AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]))
    if (status === 401 || status === 403) return failed(fault('connectWorkerRefused', { address, status }))
    const sinks = status === 200 && body !== null ? parseSinks(body) : null
    return sinks === null ? failed(fault('connectWorkerFailed', { address, status })) : { value: sinks, fault: null }
  } catch (error) {
    return failed(fault('connectWorkerUnreachable', { address, detail: systemCode(error) }))
  }
}

/** The body is null when it is longer than any list of connectors should be. */
async function get(
  { url, username, password }: ConnectConfig,
  signal: AbortSignal,
): Promise<{ status: number; body: string | null }> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (username !== null) {
    headers.authorization = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`
  }
  const address = `${url.replace(/\/+$/, '')}/connectors?expand=info`
  const response = await fetch(address, { headers, signal, redirect: 'manual' })
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    // Leaving the loop ends the connection.
    if (length > MAX_ANSWER_BYTES) return { status: response.status, body: null }
  }
  return { status: response.status, body: Buffer.concat(chunks).toString('utf8') }
}

const connectors = z.record(
  z.string(),
  z.object({
    info: z.object({
      name: z.string(),
      type: z.string().nullish(),
      config: z.record(z.string(), z.string().nullable()),
    }),
  }),
)

/** Null when it is no list of connectors. */
export function parseSinks(text: string): DeclaredDlq[] | null {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    // Something else than Connect answered.
    return null
  }
  const parsed = connectors.safeParse(answer)
  if (!parsed.success) return null
  return Object.values(parsed.data).flatMap(({ info: { name, type, config } }) => {
    const topic = config['errors.deadletterqueue.topic.name']?.trim()
    if (!topic || type === 'source') return []
    // `topics.regex` names none; what the group has read tells then.
    const sourceTopics = (config.topics ?? '').split(',').flatMap((source) => source.trim() || [])
    return [{ topic, groups: [config['consumer.override.group.id'] || `connect-${name}`], sourceTopics }]
  })
}

function failed(reason: Fault): Outcome<never> {
  return { value: null, fault: reason }
}

/** As people know it, without a query. */
function addressOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? '' : `${parsed.host}${parsed.pathname.replace(/\/$/, '')}`
}

function systemCode(error: unknown): string {
  for (const link of errorChain(error)) {
    if (typeof link.code === 'string') return link.code
    if (link.name === 'TimeoutError') return 'ETIMEDOUT'
  }
  return 'unknown'
}
