/**
 * A server on the loopback interface that stands in for hostile, broken and dying peers, which no real broker can be
 * made to play on demand. It speaks through our own codec: what real brokers say is tested in `test/integration`.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { RemotingClient, type RemotingClientOptions } from '../../../lib/rocketmq/remoting-client.ts'
import { RemotingFormatError } from '../../../lib/rocketmq/remoting-format-error.ts'
import { decodeFrame, encodeFrame, FrameSplitter } from '../../../lib/rocketmq/remoting-frame.ts'
import type { RemotingHeader } from '../../../lib/rocketmq/remoting-header.ts'
import { NO_TLS } from '../../builders/no-tls.ts'

export interface Heard {
  header: RemotingHeader
  body: Buffer
  socket: Socket
  /** Which of the connections it came over, counted from 0. */
  connection: number
  /** Answers with the request's own fields unless told otherwise. */
  reply(over?: Partial<RemotingHeader>, body?: Uint8Array): void
}

export interface Peer {
  address: string
  heard: Heard[]
  connections: Socket[]
}

/** Ends with the test. */
export async function startPeer(
  onRequest: (heard: Heard) => void,
  onConnect?: (socket: Socket) => void,
): Promise<Peer> {
  const peer: Peer = { address: '', heard: [], connections: [] }
  const server = createServer((socket) => {
    const connection = peer.connections.push(socket) - 1
    const splitter = new FrameSplitter()
    // A client that gives up resets the connection: that is what many of these tests are about.
    socket.on('error', () => undefined)
    const take = (frame: Buffer) => {
      const { header, body } = decodeFrame(frame)
      const reply: Heard['reply'] = (over, replyBody = Buffer.alloc(0)) => {
        const replied = { ...header, code: 0, flag: 1, ...over }
        socket.write(encodeFrame({ header: replied, body: replyBody }, 'json'))
      }
      const heard = { header, body, socket, connection, reply }
      peer.heard.push(heard)
      onRequest(heard)
    }
    socket.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk, take)
      } catch (error) {
        if (!(error instanceof RemotingFormatError)) throw error
        // Like real servers: whoever speaks something else, such as TLS, is dropped.
        socket.destroy()
      }
    })
    socket.unref()
    onConnect?.(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  onTestFinished(() => {
    for (const socket of peer.connections) socket.destroy()
    server.close()
  })
  peer.address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return peer
}

/** Closes with the test. */
export function startClient(options: Partial<RemotingClientOptions> = {}): RemotingClient {
  const client = new RemotingClient({
    credentials: null,
    tls: NO_TLS,
    addressMap: {},
    connectDeadlineMs: 5_000,
    requestDeadlineMs: 5_000,
    maxInFlightPerAddress: 16,
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}
