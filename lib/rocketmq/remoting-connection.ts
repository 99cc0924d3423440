/** One socket to a NameServer or broker, with many requests under way. Replies may come in any order. */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'
import type { HostPort } from '../cluster/host-port.ts'
import { speaksTls } from '../cluster/speaks-tls.ts'
import { SECOND_MS } from '../units.ts'
import { onAbort } from './on-abort.ts'
import { DeadlineError, TlsExpectedError } from './remoting-fault.ts'
import { decodeFrame, encodeFrame, FrameSplitter } from './remoting-frame.ts'
import { type HeaderEncoding, ONEWAY_FLAG, RESPONSE_FLAG, type RemotingHeader } from './remoting-header.ts'

export interface RemotingReply {
  /** RocketMQ's response code; 0 is success. */
  code: number
  /** The server's version, as an ordinal of RocketMQ's MQVersion. */
  version: number
  /** The server's own words; may be junk on success. Null when there are none. */
  remark: string | null
  ext: Record<string, string>
  /** Shares the memory of what was received. */
  body: Buffer
}

export interface ConnectionTarget {
  dialled: HostPort
  /** Null for a plain connection. */
  tls: TlsOptions | null
  encoding: HeaderEncoding
  connectDeadlineMs: number
  /** Closes itself when nothing came or went for this long. */
  idleMs: number
}

interface Question {
  code: number
  ext: Record<string, string>
  body: Uint8Array
  deadlineMs: number
}

interface Pending {
  resolve(reply: RemotingReply): void
  reject(reason: unknown): void
}

/** 5.3.2. Servers answer newer clients in newer ways: strict JSON for routes, GO_AWAY before they stop. */
const CLIENT_VERSION = 477
const REQUEST_CODE_NOT_SUPPORTED = 3
const HIGHEST_OPAQUE = 0x7fff_ffff
const KEEP_ALIVE_AFTER_MS = 30 * SECOND_MS
/** A peer that asks and never reads gets no more answers than this. */
const MAX_UNREAD_ANSWERS_BYTES = 64 * 1024

export class RemotingConnection {
  /** @throws whatever connecting threw, or DeadlineError. */
  readonly opened: Promise<void>
  readonly closed: Promise<void>
  readonly #target: ConnectionTarget
  readonly #socket: Socket
  readonly #splitter = new FrameSplitter()
  readonly #pending = new Map<number, Pending>()
  #lastOpaque = 0
  #lastFrameAtMs = 0
  #isUsable = true
  #isOpened = false

  constructor(target: ConnectionTarget) {
    const { dialled, tls, connectDeadlineMs, idleMs } = target
    this.#target = target
    this.#socket = tls ? connectTls({ ...tls, ...dialled }) : connectTcp(dialled)
    this.#socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_AFTER_MS)
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()))
    this.opened = this.#open(tls ? 'secureConnect' : 'connect', connectDeadlineMs, idleMs)
    // Who waits for it hears of the error there.
    this.opened.catch(() => undefined)
  }

  /** False once it ends, or is about to: ask over another one. */
  get isUsable(): boolean {
    return this.#isUsable
  }

  /** Usable, and nobody has to wait for it to open. */
  get isReady(): boolean {
    return this.#isUsable && this.#isOpened
  }

  /**
   * Only on an opened connection.
   *
   * @throws DeadlineError, the signal's reason, or why the connection ended.
   */
  ask({ code, ext, body, deadlineMs }: Question, signal?: AbortSignal): Promise<RemotingReply> {
    const opaque = this.#nextOpaque()
    const askedAtMs = performance.now()
    return new Promise<RemotingReply>((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(settle, askedAtMs), deadlineMs)
      const ignoreAbort = onAbort(signal, () => settle.reject(signal?.reason))
      const finish = () => {
        clearTimeout(timer)
        ignoreAbort()
        this.#forget(opaque)
      }
      const settle: Pending = {
        resolve: (reply) => {
          finish()
          resolve(reply)
        },
        reject: (reason) => {
          finish()
          reject(reason)
        },
      }
      this.#pending.set(opaque, settle)
      this.#socket.ref()
      this.#send({ code, version: CLIENT_VERSION, opaque, flag: 0, remark: null, ext }, body)
    })
  }

  /** Takes no more requests and closes when the last reply is here. */
  retire(): void {
    this.#isUsable = false
    if (this.#pending.size === 0) this.destroy()
  }

  destroy(reason?: Error): void {
    this.#isUsable = false
    this.#socket.destroy(reason)
  }

  #open(event: 'connect' | 'secureConnect', deadlineMs: number, idleMs: number): Promise<void> {
    const timer = setTimeout(() => this.destroy(new DeadlineError()), deadlineMs)
    return new Promise((resolve, reject) => {
      let failure: Error | null = null
      this.#socket.once(event, () => {
        clearTimeout(timer)
        this.#isOpened = true
        this.#socket.setTimeout(idleMs, () => this.#endIfIdle()).unref()
        resolve()
      })
      // Every one of them, since an error without a listener would end the process.
      this.#socket.on('error', (error) => {
        failure ??= error
      })
      this.#socket.once('close', () => {
        clearTimeout(timer)
        const reason = failure ?? Object.assign(new Error('closed by the peer'), { code: 'ECONNRESET' })
        reject(reason)
        void this.#failPending(reason)
      })
    })
  }

  async #failPending(failure: Error): Promise<void> {
    const wasEndedByPeer = this.#isUsable
    this.#isUsable = false
    const mayWantTls =
      wasEndedByPeer && this.#target.tls === null && this.#lastFrameAtMs === 0 && this.#pending.size > 0
    const reason = mayWantTls && (await speaksTls(this.#target.dialled)) ? new TlsExpectedError() : failure
    for (const pending of [...this.#pending.values()]) pending.reject(reason)
  }

  #receive(chunk: Buffer): void {
    try {
      this.#splitter.push(chunk, (frame) => this.#take(frame))
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  #take(frame: Buffer): void {
    this.#lastFrameAtMs = performance.now()
    const { header, body } = decodeFrame(frame)
    const { code, version, opaque, flag, remark, ext } = header
    // A reply that nobody waits for came after its deadline.
    if ((flag & RESPONSE_FLAG) !== 0) this.#pending.get(opaque)?.resolve({ code, version, remark, ext, body })
    else this.#decline(header)
  }

  /** A console offers nothing to its servers; without an answer they would wait for one. */
  #decline({ flag, opaque }: RemotingHeader): void {
    if ((flag & ONEWAY_FLAG) !== 0 || this.#socket.writableLength > MAX_UNREAD_ANSWERS_BYTES) return
    const answer = { code: REQUEST_CODE_NOT_SUPPORTED, version: CLIENT_VERSION, remark: null, ext: {} }
    this.#send({ ...answer, opaque, flag: RESPONSE_FLAG }, new Uint8Array())
  }

  #send(header: RemotingHeader, body: Uint8Array): void {
    this.#corkForThisTurn()
    this.#socket.write(encodeFrame({ header, body }, this.#target.encoding))
  }

  /** Replies arrive in bundles, and each lets the next request go: those go in one call of the system. */
  #corkForThisTurn(): void {
    if (this.#socket.writableCorked > 0) return
    this.#socket.cork()
    process.nextTick(() => this.#socket.uncork())
  }

  /**
   * A peer that has not finished a single frame meanwhile hangs, or its bytes are out of step: no other request on
   * this connection need wait for it.
   */
  #giveUp(pending: Pending, askedAtMs: number): void {
    const error = new DeadlineError()
    pending.reject(error)
    if (this.#lastFrameAtMs < askedAtMs) this.destroy(error)
  }

  #forget(opaque: number): void {
    this.#pending.delete(opaque)
    if (this.#pending.size > 0) return
    // An idle connection must not keep the process from ending.
    this.#socket.unref()
    if (!this.#isUsable) this.destroy()
  }

  #endIfIdle(): void {
    if (this.#pending.size === 0) this.destroy()
  }

  #nextOpaque(): number {
    this.#lastOpaque = this.#lastOpaque === HIGHEST_OPAQUE ? 1 : this.#lastOpaque + 1
    return this.#lastOpaque
  }
}
