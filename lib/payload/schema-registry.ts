/**
 * Schemas by the HTTP API of Confluent's Schema Registry, which Apicurio, Karapace and Redpanda speak too.
 *
 *   GET /schemas/ids/{id}                          {schema, schemaType?, references?: [{name, subject, version}]}
 *   GET /schemas/guids/{guid}                      the same
 *   GET /subjects/{subject}/versions/{version}     the same, for what a schema refers to
 *
 * Only the configured address is ever asked: redirects are not followed, and what stands in records and schemas becomes
 * a number, a GUID or one escaped part of the path.
 */
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { errorChain } from '../cluster/network-fault.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { type CompiledSchema, compileSchema, type SchemaSource } from './compile-schema.ts'
import { LimitedTurns } from './limited-turns.ts'
import type { SchemaRef } from './schema-frame.ts'
import { UnusableSchemaError } from './unusable-schema.ts'

/** For a schema with all it refers to, waiting for a turn included. */
const SCHEMA_DEADLINE_MS = 5 * SECOND_MS
const MAX_REQUESTS_AT_ONCE = 4
const MAX_ANSWER_BYTES = 2 * 1024 * 1024
/** Of one schema, those of its references included. */
const MAX_REFERENCES = 64
const MAX_CACHED = 500
/** Of their texts together; compiled, a schema takes some times as much. */
const MAX_CACHED_CHARS = 16 * 1024 * 1024
/** What an id stands for never changes; but a registry may be set up anew. */
const KEPT_MS = 10 * MINUTE_MS
/** So that a page of records does not ask a hundred times for what is not there. */
const FAULT_KEPT_MS = 10 * SECOND_MS
const SUBJECT_NOT_FOUND = 40401
const VERSION_NOT_FOUND = 40402
const SCHEMA_NOT_FOUND = 40403
const ERROR_SNIPPET_BYTES = 4 * 1024

export type RegistryConfig = NonNullable<KafkaClusterConfig['schemaRegistry']>

export type SchemaOutcome = { schema: CompiledSchema; fault: null } | { schema: null; fault: Fault }

interface Entry {
  outcome: Promise<SchemaOutcome>
  /** Null while it is being fetched. */
  keptUntilMs: number | null
  /** Of its text and those it refers to. */
  chars: number
}

/** Thrown inside this file only. */
class RegistryError extends Error {
  readonly fault: Fault
  /** The registry as a whole does not answer: nothing else is asked for a while. */
  readonly isDown: boolean

  constructor(fault: Fault, isDown: boolean) {
    super(fault.code)
    this.fault = fault
    this.isDown = isDown
  }
}

export class SchemaRegistry {
  private readonly base: string
  private readonly address: string
  private readonly headers: Record<string, string>
  private readonly now: () => number
  private readonly turns = new LimitedTurns(MAX_REQUESTS_AT_ONCE)
  private readonly entries = new Map<string, Entry>()
  private down: { fault: Fault; untilMs: number } | null = null

  constructor(config: RegistryConfig, now: () => number) {
    const url = new URL(config.url)
    this.base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
    this.address = url.host
    this.now = now
    const username = config.username ?? decodeURIComponent(url.username)
    const password = config.password ?? decodeURIComponent(url.password)
    const basic = Buffer.from(`${username}:${password}`).toString('base64')
    this.headers = {
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(username === '' && password === '' ? {} : { authorization: `Basic ${basic}` }),
    }
  }

  /** Never throws: what keeps it from a schema is the fault. One request serves all who ask for the same meanwhile. */
  schema(ref: SchemaRef): Promise<SchemaOutcome> {
    const name = 'id' in ref ? String(ref.id) : ref.guid
    const known = this.entries.get(name)
    if (known !== undefined && (known.keptUntilMs === null || known.keptUntilMs > this.now())) {
      this.entries.delete(name)
      this.entries.set(name, known)
      return known.outcome
    }
    const entry: Entry = { outcome: this.outcome(ref, name), keptUntilMs: null, chars: 0 }
    this.entries.set(name, entry)
    entry.outcome = entry.outcome.then((outcome) => {
      entry.keptUntilMs = this.now() + keptMs(outcome)
      entry.chars = outcome.schema?.chars ?? 0
      this.dropOldest()
      return outcome
    })
    this.dropOldest()
    return entry.outcome
  }

  /** In the order of their last use. */
  private dropOldest(): void {
    let chars = 0
    for (const entry of this.entries.values()) chars += entry.chars
    for (const [name, entry] of this.entries) {
      if (this.entries.size <= MAX_CACHED && chars <= MAX_CACHED_CHARS) return
      chars -= entry.chars
      this.entries.delete(name)
    }
  }

  private async outcome(ref: SchemaRef, name: string): Promise<SchemaOutcome> {
    const ask: Ask = { schema: name, signal: AbortSignal.timeout(SCHEMA_DEADLINE_MS) }
    try {
      const path = 'id' in ref ? `/schemas/ids/${ref.id}` : `/schemas/guids/${ref.guid}`
      const answer = await this.get(path, ask)
      return { schema: await compileSchema(await this.source(answer, ask)), fault: null }
    } catch (error) {
      if (error instanceof RegistryError) return { schema: null, fault: error.fault }
      if (error instanceof UnusableSchemaError)
        return { schema: null, fault: fault('schemaUnusable', { schema: name }) }
      throw error
    }
  }

  /** With everything it refers to, each behind what it needs itself. */
  private async source(answer: SchemaAnswer, ask: Ask): Promise<SchemaSource> {
    const references: string[] = []
    const visited = new Set<string>()
    const collect = async (of: SchemaAnswer): Promise<void> => {
      for (const { subject, version } of of.references) {
        const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`
        if (visited.has(path)) continue
        visited.add(path)
        if (visited.size > MAX_REFERENCES) throw new UnusableSchemaError()
        const referred = await this.get(path, ask)
        await collect(referred)
        references.push(referred.text)
      }
    }
    await collect(answer)
    return { type: answer.type, text: answer.text, references }
  }

  private async get(path: string, ask: Ask): Promise<SchemaAnswer> {
    try {
      return await this.turns.run(() => {
        if (this.down !== null && this.down.untilMs > this.now()) throw new RegistryError(this.down.fault, false)
        // Waiting for a turn was too long; that says nothing about the registry.
        if (ask.signal.aborted) throw new RegistryError(this.unreachable('ETIMEDOUT'), false)
        return this.request(path, ask)
      })
    } catch (error) {
      if (error instanceof RegistryError && error.isDown) {
        this.down = { fault: error.fault, untilMs: this.now() + FAULT_KEPT_MS }
      }
      throw error
    }
  }

  private async request(path: string, { schema, signal }: Ask): Promise<SchemaAnswer> {
    const { address } = this
    let status: number
    let body: Buffer
    try {
      const response = await fetch(this.base + path, { headers: this.headers, signal, redirect: 'manual' })
      status = response.status
      body = await readBody(response, status === 200 ? MAX_ANSWER_BYTES : ERROR_SNIPPET_BYTES)
    } catch (error) {
      if (error instanceof UnusableSchemaError) throw error
      throw new RegistryError(this.unreachable(systemCode(error)), true)
    }
    if (status === 401 || status === 403) {
      throw new RegistryError(fault('schemaRegistryRefused', { address, status }), true)
    }
    const answer = parsedObject(body)
    if (status === 404 && isNotFound(answer))
      throw new RegistryError(fault('schemaNotFound', { address, schema }), false)
    const read = status === 200 ? readAnswer(answer) : null
    if (read === null) throw new RegistryError(fault('schemaRegistryFailed', { address, status }), status >= 500)
    return read
  }

  private unreachable(detail: string): Fault {
    return fault('schemaRegistryUnreachable', { address: this.address, detail })
  }
}

/** A schema that cannot be used will not become better, and finding out again costs time. */
function keptMs({ fault: why }: SchemaOutcome): number {
  return why === null || why.code === 'schemaUnusable' ? KEPT_MS : FAULT_KEPT_MS
}

interface Ask {
  /** What was asked for in the first place: an id or a GUID. */
  schema: string
  signal: AbortSignal
}

interface SchemaAnswer {
  type: string
  text: string
  references: { subject: string; version: number }[]
}

function readAnswer(answer: Record<string, unknown> | null): SchemaAnswer | null {
  if (typeof answer?.schema !== 'string') return null
  const list: unknown[] = Array.isArray(answer.references) ? answer.references : []
  const references = list.map((entry) => {
    const { subject, version } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>
    if (typeof subject !== 'string' || !isVersion(version)) throw new UnusableSchemaError()
    return { subject, version }
  })
  // A registry leaves the type out where it is Avro.
  return { type: typeof answer.schemaType === 'string' ? answer.schemaType : 'AVRO', text: answer.schema, references }
}

function isVersion(version: unknown): version is number {
  return typeof version === 'number' && Number.isInteger(version) && version > 0
}

/** A 404 of anything else than a registry means that the address is wrong, not the id. */
function isNotFound(answer: Record<string, unknown> | null): boolean {
  return [SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SCHEMA_NOT_FOUND].includes(Number(answer?.error_code))
}

function parsedObject(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // Not JSON: not a registry's answer.
    return null
  }
}

/** @throws UnusableSchemaError when it is longer */
async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    // Leaving the loop ends the connection.
    if (length > maxBytes) {
      if (response.status === 200) throw new UnusableSchemaError()
      break
    }
  }
  return Buffer.concat(chunks)
}

function systemCode(error: unknown): string {
  for (const link of errorChain(error)) {
    if (typeof link.code === 'string') return link.code
    if (link.name === 'TimeoutError') return 'ETIMEDOUT'
  }
  return 'unknown'
}
