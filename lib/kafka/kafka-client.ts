/**
 * Connections to the brokers of one cluster: one per broker, opened when first needed, with the request versions
 * each broker knows. A request never throws: it answers a value or the fault that stands for it. A broker that
 * failed once is left alone for the rest of the poll, so it costs one deadline and not one per request.
 */
import { Connection } from '@platformatic/kafka'
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { dialAddress, formatHostPort, type HostPort, parseHostPort } from '../cluster/host-port.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { speaksTls } from '../cluster/speaks-tls.ts'
import { SECOND_MS } from '../units.ts'
import { type ConnectionSettings, connectionSettings, type Deadlines, mechanismName } from './kafka-config.ts'
import { faultOfError, partialAnswer } from './kafka-fault.ts'
import { releaseOfLevel } from './kafka-release.ts'
import { API_VERSIONS, type KafkaRequest, METADATA, pickVersion, type VersionRange } from './kafka-requests.ts'
import type { MetadataAnswer } from './metadata-request.ts'

export interface BrokerAddress extends HostPort {
  id: number
}

/** The part of the client that reading facts needs. */
export interface KafkaCaller {
  call<Args extends unknown[], Answer>(
    brokerId: number,
    request: KafkaRequest<Args, Answer>,
    ...args: Args
  ): Promise<Outcome<Answer>>
}

interface Link {
  connection: Connection
  versions: ReadonlyMap<number, VersionRange>
  /** The broker's own release line, and the one the whole cluster has been raised to. */
  release: string | null
  clusterRelease: string | null
  /** The cluster keeps eligible leaders (ELR); without the feature every broker answers empty lists. */
  keepsEligibleLeaders: boolean
}

export type BrokerFeatures = Pick<Link, 'release' | 'clusterRelease' | 'keepsEligibleLeaders'>

export const DEFAULT_DEADLINES: Deadlines = { connectMs: 5 * SECOND_MS, requestMs: 10 * SECOND_MS }
const CLIENT_ID = 'holdfast'
/** Names the second connection to a broker. */
const APART = '#apart'
/** What is handed on to the controller is answered within milliseconds, or not at all while there is none. */
const APART_DEADLINE_MS = 3 * SECOND_MS
const DEADLINE_GRACE_MS = SECOND_MS
/** These say that nobody can be talked to there at all, whatever is asked. */
const LASTING_FAULTS: readonly Fault['code'][] = ['requestTimeout', 'connectionClosed', 'connectTimeout']

export class KafkaClient implements KafkaCaller {
  readonly bootstrap: HostPort[]
  readonly #config: KafkaClusterConfig
  readonly #settings: ConnectionSettings
  readonly #deadlines: Deadlines
  readonly #links = new Map<string, Promise<Link>>()
  readonly #everReached = new Set<string>()
  #brokers = new Map<number, BrokerAddress>()
  #down = new Map<number, Fault>()
  /** Outside of polls: brokers that did not answer the last time they were asked. */
  readonly #ill = new Set<number>()
  #signal: AbortSignal = AbortSignal.any([])
  #closed = false

  constructor(config: KafkaClusterConfig, deadlines: Deadlines = DEFAULT_DEADLINES) {
    this.#config = config
    this.#deadlines = deadlines
    this.#settings = connectionSettings(config, deadlines)
    this.bootstrap = config.bootstrapServers.map(parseHostPort).filter((address) => address !== null)
  }

  /** Forgets which brokers failed before and ties all requests to the signal. */
  begin(signal: AbortSignal): void {
    this.#signal = signal
    this.#down = new Map()
  }

  setBrokers(brokers: readonly BrokerAddress[]): void {
    this.#brokers = new Map(brokers.map((broker) => [broker.id, broker]))
  }

  /** Why this broker failed during this poll; null when it has not. */
  faultOf(brokerId: number): Fault | null {
    return this.#down.get(brokerId) ?? null
  }

  /** @throws when the poll was called off or the client closed: its answers are then no answers. */
  throwIfOver(): void {
    this.#signal.throwIfAborted()
    if (this.#closed) throw new Error('the driver was closed')
  }

  /** The cluster's metadata from the first broker that answers, known ones first. */
  async metadata(topics: string[] | null = null): Promise<Outcome<MetadataAnswer>> {
    let failure: Fault = fault('configurationInvalid', { detail: 'bootstrapServers' })
    const known = [...this.#brokers.values()].filter((broker) => !this.#down.has(broker.id))
    const addresses: (HostPort & { id?: number })[] = [...known, ...this.bootstrap]
    for (const address of addresses) {
      const answer = await this.#callAt(address, '', METADATA, [topics, false, false])
      if (answer.fault === null) return answer
      failure = answer.fault
      if (address.id !== undefined) this.#markDown(address.id, failure)
      if (this.#signal.aborted || this.#closed) break
    }
    return { value: null, fault: await this.#explain(failure) }
  }

  /**
   * For work outside of a poll: bound by a signal of its own, and a broker that failed before is asked again.
   * A fault with `api` in its facts came after the request was given to the connection.
   */
  async callWithin<Args extends unknown[], Answer>(
    signal: AbortSignal,
    brokerId: number,
    request: KafkaRequest<Args, Answer>,
    ...args: Args
  ): Promise<Outcome<Answer>> {
    const broker = this.#brokers.get(brokerId)
    if (!broker) return { value: null, fault: fault('leaderNotAvailable', { broker: brokerId }) }
    const answer = await this.#callAt(broker, '', request, args, signal)
    if (answer.fault && LASTING_FAULTS.includes(answer.fault.code)) this.#ill.add(brokerId)
    else this.#ill.delete(brokerId)
    return answer
  }

  /** Like `metadata`, for work outside of a poll: every address is tried, those that failed last at the end. */
  async metadataWithin(signal: AbortSignal, topics: string[]): Promise<Outcome<MetadataAnswer>> {
    let failure: Fault = fault('configurationInvalid', { detail: 'bootstrapServers' })
    const known = [...this.#brokers.values()].sort((a, b) => Number(this.#ill.has(a.id)) - Number(this.#ill.has(b.id)))
    for (const address of [...known, ...this.bootstrap]) {
      const answer = await this.#callAt(address, '', METADATA, [topics, false, false], signal)
      if (answer.fault === null) return answer
      failure = answer.fault
      if (signal.aborted || this.#closed) break
    }
    return { value: null, fault: await this.#explain(failure) }
  }

  async call<Args extends unknown[], Answer>(
    brokerId: number,
    request: KafkaRequest<Args, Answer>,
    ...args: Args
  ): Promise<Outcome<Answer>> {
    const broker = this.#brokers.get(brokerId)
    if (!broker) return { value: null, fault: fault('leaderNotAvailable', { broker: brokerId }) }
    const down = this.#down.get(brokerId)
    if (down) return { value: null, fault: down }
    const answer = await this.#callAt(broker, '', request, args)
    if (answer.fault && LASTING_FAULTS.includes(answer.fault.code)) this.#markDown(brokerId, answer.fault)
    return answer
  }

  /** Over a connection of its own, for a request that may hang: the others must not wait behind it. */
  async callApart<Args extends unknown[], Answer>(
    brokerId: number,
    request: KafkaRequest<Args, Answer>,
    ...args: Args
  ): Promise<Outcome<Answer>> {
    const broker = this.#brokers.get(brokerId)
    if (!broker) return { value: null, fault: fault('leaderNotAvailable', { broker: brokerId }) }
    return this.#callAt(broker, APART, request, args)
  }

  /** Opens the connection to a listed broker; its faults count as the broker's. */
  async reach(brokerId: number): Promise<Outcome<BrokerFeatures>> {
    const broker = this.#brokers.get(brokerId)
    if (!broker) return { value: null, fault: fault('noBrokers') }
    try {
      const { release, clusterRelease, keepsEligibleLeaders } = await this.#link(broker, '')
      return { value: { release, clusterRelease, keepsEligibleLeaders }, fault: null }
    } catch (error) {
      const reason = this.#advertisedFault(broker, this.#faultOf(error, broker, null))
      this.#markDown(brokerId, reason)
      return { value: null, fault: reason }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const links = await Promise.allSettled(this.#links.values())
    this.#links.clear()
    await Promise.all(links.map((link) => (link.status === 'fulfilled' ? closeQuietly(link.value.connection) : null)))
  }

  get #apartMs(): number {
    return Math.min(APART_DEADLINE_MS, this.#deadlines.requestMs)
  }

  #markDown(brokerId: number, reason: Fault): void {
    if (!this.#down.has(brokerId)) this.#down.set(brokerId, reason)
  }

  async #callAt<Args extends unknown[], Answer>(
    address: HostPort,
    channel: string,
    request: KafkaRequest<Args, Answer>,
    args: Args,
    signal: AbortSignal = this.#signal,
  ): Promise<Outcome<Answer>> {
    let phase: string | null = null
    try {
      // An opening connection is everybody's: a caller who gives up leaves it to the others.
      const link = await untilAborted(this.#link(address, channel), signal)
      phase = request.name
      const api = pickVersion(request, link.versions)
      if (!api) return { value: null, fault: fault('unsupportedByBroker', this.#facts(address, request.name)) }
      const value = await this.#bounded(api.async(link.connection, ...args), channel, signal)
      return { value, fault: null }
    } catch (error) {
      const partial = partialAnswer(error)
      if (partial) return { value: partial as Answer, fault: null }
      const reason = this.#faultOf(error, address, phase, signal)
      const broker = 'id' in address ? (address as BrokerAddress) : null
      return { value: null, fault: broker && phase === null ? this.#advertisedFault(broker, reason) : reason }
    }
  }

  #facts(address: HostPort, api: string): Fault['facts'] {
    return { address: formatHostPort(address), api }
  }

  #faultOf(error: unknown, address: HostPort, api: string | null, signal: AbortSignal = this.#signal): Fault {
    // Also when the poll itself has run out of time.
    if (error instanceof DeadlineError || signal.aborted)
      return fault('requestTimeout', this.#facts(address, api ?? 'connect'))
    const usesTls = this.#config.tls.enabled
    const mechanism = mechanismName(this.#config)
    return faultOfError(error, { address: formatHostPort(address), api, usesTls, mechanism })
  }

  /** A broker that nobody ever reached at the address the cluster tells: most likely the address is wrong. */
  #advertisedFault(broker: BrokerAddress, reason: Fault): Fault {
    const address = formatHostPort(broker)
    const isUnreachable = ['hostNotFound', 'connectionRefused', 'connectTimeout'].includes(reason.code)
    const isBootstrap = this.bootstrap.some((known) => formatHostPort(known) === address)
    if (!isUnreachable || isBootstrap || this.#everReached.has(address)) return reason
    const dialled = formatHostPort(dialAddress(broker, this.#config.addressMap))
    return fault('advertisedAddressUnreachable', { broker: broker.id, address, dialled, reason: reason.code })
  }

  #link(address: HostPort, channel: string): Promise<Link> {
    const key = formatHostPort(address) + channel
    const existing = this.#links.get(key)
    if (existing) return existing
    const opening = this.#open(address, channel, key)
    this.#links.set(key, opening)
    opening.catch(() => this.#links.delete(key))
    return opening
  }

  async #open(address: HostPort, channel: string, key: string): Promise<Link> {
    if (this.#closed) throw new Error('closed')
    const dialled = dialAddress(address, this.#config.addressMap)
    const settings = this.#settings(address, dialled)
    const requestTimeout = channel === APART ? this.#apartMs : settings.requestTimeout
    const connection = new Connection(CLIENT_ID, { ...settings, requestTimeout })
    const forget = () => this.#links.delete(key)
    connection.once('close', forget)
    // An error event without a listener would end the process; the pending request carries the error too.
    connection.on('error', forget)
    try {
      await this.#bounded(connection.connect(dialled.host, dialled.port) ?? Promise.resolve())
      const answer = await this.#bounded(API_VERSIONS.async(connection, CLIENT_ID, '1'))
      this.#everReached.add(formatHostPort(address))
      return { connection, ...describeVersions(answer) }
    } catch (error) {
      await closeQuietly(connection)
      throw error
    }
  }

  /** The library has deadlines of its own; this one also covers waiting in its queues, and the caller's signal. */
  #bounded<T>(work: Promise<T>, channel = '', signal: AbortSignal = this.#signal): Promise<T> {
    const deadlineMs = (channel === APART ? this.#apartMs : this.#deadlines.requestMs) + DEADLINE_GRACE_MS
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new DeadlineError())), deadlineMs)
      const abort = () => settle(() => reject(signal.reason))
      const settle = (finish: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        finish()
      }
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort, { once: true })
      work.then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      )
    })
  }

  /** A closed connection has causes that the wire does not name; two of them can be told apart by trying. */
  async #explain(failure: Fault): Promise<Fault> {
    if (failure.code !== 'connectionClosed' && failure.code !== 'authenticationFailed') return failure
    const first = this.bootstrap[0]
    if (!first || this.#config.tls.enabled) {
      return failure.code === 'connectionClosed' && this.#lacksSignIn(failure) ? this.#signInFault(failure) : failure
    }
    const dialled = dialAddress(first, this.#config.addressMap)
    if (await speaksTls(dialled)) return fault('tlsExpectedByBroker', { address: formatHostPort(first) })
    return this.#lacksSignIn(failure) ? this.#signInFault(failure) : failure
  }

  /** A broker that wants a sign-in answers which versions it knows and then drops the first real request. */
  #lacksSignIn(failure: Fault): boolean {
    return this.#config.sasl === null && failure.facts.api === METADATA.name
  }

  #signInFault(failure: Fault): Fault {
    return fault('saslExpectedByBroker', { address: failure.facts.address ?? '' })
  }
}

/** The feature whose level tells a release. */
const LEVEL_FEATURE = 'metadata.version'
const ELIGIBLE_LEADERS_FEATURE = 'eligible.leader.replicas.version'

class DeadlineError extends Error {}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    work.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject)
  })
}

function describeVersions(answer: Awaited<ReturnType<typeof API_VERSIONS.async>>): Omit<Link, 'connection'> {
  const supported = answer.supportedFeatures?.find(({ name }) => name === LEVEL_FEATURE)
  const finalized = answer.finalizedFeatures?.find(({ name }) => name === LEVEL_FEATURE)
  const eligible = answer.finalizedFeatures?.find(({ name }) => name === ELIGIBLE_LEADERS_FEATURE)
  return {
    versions: new Map(answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }])),
    release: releaseOfLevel(supported?.maxVersion),
    clusterRelease: releaseOfLevel(finalized?.maxVersionLevel),
    keepsEligibleLeaders: (eligible?.maxVersionLevel ?? 0) > 0,
  }
}

async function closeQuietly(connection: Connection): Promise<void> {
  try {
    await connection.close()
  } catch {
    // It is being given up: how it ends does not matter any more.
  }
}
