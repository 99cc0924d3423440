/**
 * Asks NameServers and brokers over RocketMQ's remoting protocol: one connection per address, opened when first
 * needed and again after it ended, a bounded number of requests in flight on it, the others waiting in order.
 */
import type { TlsConfig } from '../cluster/cluster-config.ts'
import { fault } from '../cluster/fault.ts'
import { dialAddress, type HostPort, parseHostPort } from '../cluster/host-port.ts'
import { tlsOptions } from '../cluster/tls-options.ts'
import { MINUTE_MS } from '../units.ts'
import { type AclCredentials, signedFields } from './acl-signature.ts'
import { onAbort } from './on-abort.ts'
import { RemotingConnection, type RemotingReply } from './remoting-connection.ts'
import { DeadlineError, faultOfError, RemotingFault, TlsExpectedError } from './remoting-fault.ts'
import type { HeaderEncoding } from './remoting-header.ts'
import { Turns } from './turns.ts'

export interface RemotingClientOptions {
  /** Signs every request; null for clusters without access control. */
  credentials: AclCredentials | null
  tls: TlsConfig
  /** From an advertised `host:port` to the one to dial instead. */
  addressMap: Record<string, string>
  /** For name look-up, TCP and TLS together. */
  connectDeadlineMs: number
  /** From sending a request to its reply; time spent waiting for a turn does not count. */
  requestDeadlineMs: number
  maxInFlightPerAddress: number
  /** Servers end a connection after 120 s without traffic; ours ends earlier, so that no request meets the closing. */
  idleMs?: number
  /** What we send; servers answer in the encoding of their own setting. JSON when left out. */
  headerEncoding?: HeaderEncoding
}

export interface RemotingRequest {
  code: number
  /** The request's name in faults; its code when left out. */
  name?: string
  /** Header fields; those with null are left out. */
  ext?: Record<string, string | number | bigint | boolean | null>
  body?: Uint8Array
  /** Instead of the client's. */
  deadlineMs?: number
  /** Called right before it goes out: from here on the server may have seen it, also when no reply comes. */
  onSending?(): void
}

interface Lane {
  advertised: HostPort
  turns: Turns
  connection: RemotingConnection | null
}

/** Answered by a server that is about to stop, before it looks at the request. */
const GO_AWAY = 1500
const IDLE_MS = MINUTE_MS
const NO_BODY = new Uint8Array()

export class RemotingClient {
  readonly #options: RemotingClientOptions
  readonly #lanes = new Map<string, Lane>()
  #isClosed = false

  constructor(options: RemotingClientOptions) {
    this.#options = options
  }

  /**
   * @param address the advertised `host:port`; the address map is applied here.
   * @returns the reply, whatever its code.
   * @throws RemotingFault when there is none: network, deadline, bytes that make no sense, client closed. When the
   * server cannot be reached or has fallen silent, all requests waiting for it end with that same fault.
   * @throws the signal's reason when aborted.
   */
  async request(address: string, request: RemotingRequest, signal?: AbortSignal): Promise<RemotingReply> {
    signal?.throwIfAborted()
    const lane = this.#lane(address)
    await lane.turns.take(signal)
    try {
      const reply = await this.#ask(lane, address, request, signal)
      // Nothing was done yet, so asking again cannot do it twice.
      return reply.code === GO_AWAY ? await this.#ask(lane, address, request, signal) : reply
    } finally {
      lane.turns.giveBack()
    }
  }

  /** Ends every connection; what is under way or waiting fails with `connectionClosed`. */
  async close(): Promise<void> {
    this.#isClosed = true
    const lanes = [...this.#lanes]
    for (const [address, { turns, connection }] of lanes) {
      turns.refuseWaiting(new RemotingFault(fault('connectionClosed', { address })))
      connection?.destroy()
    }
    await Promise.all(lanes.map(([, { connection }]) => connection?.closed))
  }

  #lane(address: string): Lane {
    if (this.#isClosed) throw new RemotingFault(fault('connectionClosed', { address }))
    const known = this.#lanes.get(address)
    if (known) return known
    const advertised = parseHostPort(address)
    if (advertised === null) throw new RemotingFault(fault('hostNotFound', { address }))
    const lane = { advertised, turns: new Turns(this.#options.maxInFlightPerAddress), connection: null }
    this.#lanes.set(address, lane)
    return lane
  }

  async #ask(lane: Lane, address: string, request: RemotingRequest, signal?: AbortSignal): Promise<RemotingReply> {
    const { code, body = NO_BODY, deadlineMs = this.#options.requestDeadlineMs } = request
    const connection = await this.#connect(lane, address, signal)
    try {
      request.onSending?.()
      const reply = await connection.ask({ code, ext: this.#fields(request), body, deadlineMs }, signal)
      if (reply.code === GO_AWAY) connection.retire()
      return reply
    } catch (error) {
      throw this.#explain(error, lane, address, request.name ?? String(code), signal)
    }
  }

  async #connect(lane: Lane, address: string, signal?: AbortSignal): Promise<RemotingConnection> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new RemotingFault(fault('connectionClosed', { address }))
    if (lane.connection?.isReady) return lane.connection
    lane.connection = lane.connection?.isUsable ? lane.connection : this.#open(lane.advertised)
    try {
      await settledOrAborted(lane.connection.opened, signal)
      return lane.connection
    } catch (error) {
      throw this.#explain(error, lane, address, null, signal)
    }
  }

  #open(advertised: HostPort): RemotingConnection {
    const { tls, addressMap, connectDeadlineMs, idleMs = IDLE_MS, headerEncoding = 'json' } = this.#options
    const dialled = dialAddress(advertised, addressMap)
    return new RemotingConnection({
      dialled,
      tls: tls.enabled ? tlsOptions(tls, advertised, dialled) : null,
      encoding: headerEncoding,
      connectDeadlineMs,
      idleMs,
    })
  }

  #fields({ ext = {}, body = NO_BODY }: RemotingRequest): Record<string, string> {
    const fields: Record<string, string> = {}
    for (const [name, value] of Object.entries(ext)) if (value !== null) fields[name] = String(value)
    const { credentials } = this.#options
    return credentials === null ? fields : signedFields(fields, body, credentials)
  }

  /** Also ends those that wait for a server that nobody can talk to: one deadline for all, not one for each. */
  #explain(error: unknown, lane: Lane, address: string, api: string | null, signal?: AbortSignal): unknown {
    if (signal?.aborted && error === signal.reason) return error
    const found = faultOfError(error, { address, api, usesTls: this.#options.tls.enabled })
    if (found === null) return error
    const explained = new RemotingFault(found, error)
    const hangs = error instanceof DeadlineError && !lane.connection?.isUsable
    if (api === null || hangs || error instanceof TlsExpectedError) lane.turns.refuseWaiting(explained)
    return explained
  }
}

/** Stops waiting when the signal says so; what is waited for goes on. */
function settledOrAborted(work: Promise<void>, signal?: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const ignoreAbort = onAbort(signal, () => reject(signal?.reason))
    work.then(resolve, reject).finally(ignoreAbort)
  })
}
