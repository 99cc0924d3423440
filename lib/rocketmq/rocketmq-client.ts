/**
 * Asks NameServers and brokers typed questions. A question never throws for what the cluster does: it answers a value
 * or the fault that stands for it. A server that failed to answer once is left alone for the rest of the poll, so it
 * costs one deadline and not one per question.
 */
import type { RocketmqClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, type FaultCode, fault } from '../cluster/fault.ts'
import { dialAddress, formatHostPort, parseHostPort } from '../cluster/host-port.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { SECOND_MS } from '../units.ts'
import { RemotingClient } from './remoting-client.ts'
import type { RemotingReply } from './remoting-connection.ts'
import { faultOfReply, faultOfThrown, isOfServer } from './rocketmq-fault.ts'
import type { RocketmqRequest } from './rocketmq-requests.ts'

export interface Deadlines {
  connectMs: number
  requestMs: number
}

export const DEFAULT_DEADLINES: Deadlines = { connectMs: 5 * SECOND_MS, requestMs: 10 * SECOND_MS }

/** The broker's pool for such requests has 16 threads; more would only wait there, in front of other tools. */
const MAX_IN_FLIGHT = 16

const UNREACHABLE: ReadonlySet<FaultCode> = new Set<FaultCode>(['hostNotFound', 'connectionRefused', 'connectTimeout'])

/** The part of the client that reading facts needs. */
export interface RocketmqCaller {
  call<Args extends unknown[], Answer>(
    address: string,
    request: RocketmqRequest<Args, Answer>,
    ...args: Args
  ): Promise<Outcome<Answer>>
}

interface Remembered {
  body: Buffer
  answer: unknown
  /** The last poll that asked for it. */
  poll: number
}

/** What so many polls did not ask for, as of a topic that was deleted, is forgotten. */
const REMEMBERED_POLLS = 20

/** What was learnt of a server, and holds while its version stays the same. */
interface Server {
  version: number
  /** Requests that it does not know: it logs an error each time it is asked one. */
  unsupported: Map<number, Fault>
  /** By request and arguments. */
  remembered: Map<string, Remembered>
}

/** Questions that belong together: they end with one signal, and leave alone whoever failed one of them. */
interface Round {
  signal: AbortSignal
  down: Map<string, Fault>
}

export class RocketmqClient implements RocketmqCaller {
  readonly #config: RocketmqClusterConfig
  readonly #remoting: RemotingClient
  /** Those that were reached at least once, by address. */
  readonly #servers = new Map<string, Server>()
  #poll: Round = { signal: AbortSignal.any([]), down: new Map() }
  #polls = 0
  #isClosed = false

  constructor(config: RocketmqClusterConfig, deadlines: Deadlines = DEFAULT_DEADLINES) {
    this.#config = config
    this.#remoting = new RemotingClient({
      credentials: config.acl,
      tls: config.tls,
      addressMap: config.addressMap,
      connectDeadlineMs: deadlines.connectMs,
      requestDeadlineMs: deadlines.requestMs,
      maxInFlightPerAddress: MAX_IN_FLIGHT,
    })
  }

  /** Forgets which servers failed before and ties all questions to the signal. */
  begin(signal: AbortSignal): void {
    this.#poll = { signal, down: new Map() }
    this.#polls += 1
    for (const { remembered } of this.#servers.values()) {
      for (const [key, { poll }] of remembered) if (poll < this.#polls - REMEMBERED_POLLS) remembered.delete(key)
    }
  }

  /** A caller beside the poll, tied to a signal of its own; any number of them may be at work. */
  during(signal: AbortSignal): RocketmqCaller {
    const round: Round = { signal, down: new Map() }
    return { call: (address, request, ...args) => this.#callIn(round, address, request, args) }
  }

  /** Forgets what was remembered of servers that are gone. */
  retain(addresses: ReadonlySet<string>): void {
    for (const address of this.#servers.keys()) if (!addresses.has(address)) this.#servers.delete(address)
  }

  /** @throws when the poll was called off or the client closed: its answers are then no answers. */
  throwIfOver(): void {
    this.#poll.signal.throwIfAborted()
    if (this.#isClosed) throw new Error('the driver was closed')
  }

  call<Args extends unknown[], Answer>(
    address: string,
    request: RocketmqRequest<Args, Answer>,
    ...args: Args
  ): Promise<Outcome<Answer>> {
    return this.#callIn(this.#poll, address, request, args)
  }

  close(): Promise<void> {
    this.#isClosed = true
    return this.#remoting.close()
  }

  async #callIn<Args extends unknown[], Answer>(
    { signal, down }: Round,
    address: string,
    request: RocketmqRequest<Args, Answer>,
    args: Args,
  ): Promise<Outcome<Answer>> {
    const known = down.get(address) ?? this.#servers.get(address)?.unsupported.get(request.code)
    if (known) return { value: null, fault: known }
    const outcome = await this.#ask(signal, address, request, args)
    if (outcome.fault && isOfServer(outcome.fault)) down.set(address, outcome.fault)
    return outcome
  }

  async #ask<Args extends unknown[], Answer>(
    signal: AbortSignal,
    address: string,
    request: RocketmqRequest<Args, Answer>,
    args: Args,
  ): Promise<Outcome<Answer>> {
    const { code, name } = request
    try {
      const reply = await this.#remoting.request(address, { code, name, ...request.ask(...args) }, signal)
      const server = this.#serverOf(address, reply.version)
      const refused = refusalOf(address, request, reply)
      if (refused?.code === 'unsupportedByBroker') server.unsupported.set(code, refused)
      return refused
        ? { value: null, fault: refused }
        : { value: this.#read(server, request, args, reply), fault: null }
    } catch (error) {
      return { value: null, fault: this.#faultOf(error, address, name, signal) }
    }
  }

  /** What equals the last answer byte for byte is not parsed, and gives the same object. */
  #read<Args extends unknown[], Answer>(
    { remembered }: Server,
    request: RocketmqRequest<Args, Answer>,
    args: Args,
    reply: RemotingReply,
  ): Answer {
    if (!request.seldomChanges) return request.read(reply)
    const key = `${request.code} ${args.join(' ')}`
    const known = remembered.get(key)
    if (known !== undefined) known.poll = this.#polls
    if (known?.body.equals(reply.body)) return known.answer as Answer
    const answer = request.read(reply)
    // A copy: the body shares the memory of all that came with it.
    remembered.set(key, { body: Buffer.from(reply.body), answer, poll: this.#polls })
    return answer
  }

  #serverOf(address: string, version: number): Server {
    const known = this.#servers.get(address)
    if (known?.version === version) return known
    const server: Server = { version, unsupported: new Map(), remembered: new Map() }
    this.#servers.set(address, server)
    return server
  }

  #faultOf(error: unknown, address: string, api: string, signal: AbortSignal): Fault {
    // Also when the poll itself has run out of time.
    if (signal.aborted) return fault('requestTimeout', { address, api })
    const found = faultOfThrown(error, { address, api })
    if (found === null) throw error
    return this.#advertisedFault(address, found)
  }

  /** A broker that nobody ever reached at the address the cluster tells: most likely the address is wrong. */
  #advertisedFault(address: string, found: Fault): Fault {
    const isOurs = this.#config.nameServers.includes(address)
    if (!UNREACHABLE.has(found.code) || isOurs || this.#servers.has(address)) return found
    const advertised = parseHostPort(address)
    const dialled = advertised === null ? address : formatHostPort(dialAddress(advertised, this.#config.addressMap))
    return fault('advertisedAddressUnreachable', { broker: address, address, dialled, reason: found.code })
  }
}

function refusalOf<Args extends unknown[]>(
  address: string,
  { name, accepts = [], needsNoRight = false }: RocketmqRequest<Args, unknown>,
  reply: RemotingReply,
): Fault | null {
  return accepts.includes(reply.code) ? null : faultOfReply(reply, { address, api: name, needsNoRight })
}
