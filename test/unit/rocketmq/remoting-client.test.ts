import { describe, expect, it, vi } from 'vitest'
import type { RemotingFault } from '../../../lib/rocketmq/remoting-fault.ts'
import { encodeFrame } from '../../../lib/rocketmq/remoting-frame.ts'
import { type Heard, startClient, startPeer } from './loopback-peer.ts'

const echo = ({ reply }: Heard) => reply()
const mute = () => undefined
const GO_AWAY = { code: 1_500 }

/** The fault a request ends with; fails the test when it does not. */
async function faultOf(request: Promise<unknown>): Promise<unknown> {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  )
  return (error as RemotingFault | null)?.fault ?? error
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { interval: 2, timeout: 5_000 })
}

describe('a request', () => {
  it('carries its fields as texts, without those that are null', async () => {
    const peer = await startPeer(echo)
    const ext = { topic: 'T1', queueId: 0, offset: 2n ** 62n, isOrder: false, group: null }
    await startClient().request(peer.address, { code: 30, ext, body: Buffer.from('b') })
    expect(peer.heard[0]?.header).toMatchObject({ code: 30, flag: 0 })
    expect(peer.heard[0]?.header.ext).toEqual({
      topic: 'T1',
      queueId: '0',
      offset: '4611686018427387904',
      isOrder: 'false',
    })
    expect(peer.heard[0]?.body.toString()).toBe('b')
  })

  it('is answered with code, words, fields and body of its reply', async () => {
    const peer = await startPeer(({ reply }) =>
      reply({ code: 17, remark: 'no topic', version: 513 }, Buffer.from('body')),
    )
    const reply = await startClient().request(peer.address, { code: 202, ext: { topic: 'T1' } })
    expect(reply).toEqual({
      code: 17,
      version: 513,
      remark: 'no topic',
      ext: { topic: 'T1' },
      body: Buffer.from('body'),
    })
  })

  it('is signed with everything it carries', async () => {
    const peer = await startPeer(echo)
    const client = startClient({ credentials: { accessKey: 'ak1', secretKey: 'sk1' } })
    await client.request(peer.address, { code: 30, ext: { topic: 'T1', queueId: 0 }, body: Buffer.from('hello') })
    expect(peer.heard[0]?.header.ext).toMatchObject({ AccessKey: 'ak1', Signature: 'W/kH4fQlKkINVSc+QZJj1Gx3sRs=' })
  })

  it('can travel with a binary header', async () => {
    const peer = await startPeer(echo)
    const reply = await startClient({ headerEncoding: 'rocketmq' }).request(peer.address, {
      code: 202,
      ext: { a: 'b' },
    })
    expect(reply.ext).toEqual({ a: 'b' })
  })

  it('goes where the address map says', async () => {
    const peer = await startPeer(echo)
    const client = startClient({ addressMap: { '10.0.0.5:10911': peer.address } })
    expect((await client.request('10.0.0.5:10911', { code: 28 })).code).toBe(0)
  })
})

describe('many requests', () => {
  it('find their own replies, in whatever order these come', async () => {
    const waiting: Heard[] = []
    const peer = await startPeer((heard) => {
      waiting.push(heard)
      if (waiting.length === 16) for (const { reply } of waiting.splice(0).reverse()) reply()
    })
    const client = startClient()
    const requests = Array.from({ length: 160 }, (_, index) =>
      client.request(peer.address, { code: 1, ext: { index } }),
    )
    const replies = await Promise.all(requests)
    expect(replies.map(({ ext }) => ext.index)).toEqual(requests.map((_, index) => String(index)))
    expect(peer.connections).toHaveLength(1)
  })

  it('are sent in order, never more than allowed at a time', async () => {
    let unanswered = 0
    let most = 0
    const peer = await startPeer(({ reply }) => {
      unanswered += 1
      most = Math.max(most, unanswered)
      setImmediate(() => {
        unanswered -= 1
        reply()
      })
    })
    const client = startClient({ maxInFlightPerAddress: 3 })
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => client.request(peer.address, { code: 1, ext: { index } })),
    )
    expect(most).toBe(3)
    expect(peer.heard.map(({ header }) => Number(header.ext.index))).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    )
  })
})

describe('deadlines', () => {
  it('end a request whose reply is late, and the late reply harms nobody', async () => {
    const peer = await startPeer((heard) => {
      if (heard.header.code === 1) heard.reply()
    })
    const client = startClient()
    const slow = faultOf(client.request(peer.address, { code: 2, name: 'slow', deadlineMs: 500 }))
    // Something comes meanwhile: the peer is slow with one request and does not hang.
    await until(() => peer.heard.length === 1)
    await client.request(peer.address, { code: 1 })
    expect(await slow).toEqual({ code: 'requestTimeout', facts: { address: peer.address, api: 'slow' } })
    peer.heard[0]?.reply({ remark: 'late' })
    expect((await client.request(peer.address, { code: 1 })).remark).toBeNull()
    expect(peer.connections).toHaveLength(1)
  })

  it('end all requests to a peer that hangs at once, also those that wait for their turn', async () => {
    const peer = await startPeer(mute)
    const client = startClient({ maxInFlightPerAddress: 2, requestDeadlineMs: 50 })
    const requests = Array.from({ length: 9 }, () => faultOf(client.request(peer.address, { code: 28 })))
    const faults = await Promise.all(requests)
    expect(faults).toEqual(Array(9).fill({ code: 'requestTimeout', facts: { address: peer.address, api: '28' } }))
    expect(peer.heard).toHaveLength(2)
  })

  it('end a peer that sends half a reply and then nothing', async () => {
    const peer = await startPeer(({ socket }) => socket.write(Buffer.from([0, 0, 1, 0, 0])))
    const client = startClient({ requestDeadlineMs: 100 })
    expect(await faultOf(client.request(peer.address, { code: 1 }))).toMatchObject({ code: 'requestTimeout' })
  })

  it('bound connecting to a peer that never finishes its TLS handshake', async () => {
    const peer = await startPeer(mute, (socket) => socket.removeAllListeners('data').resume())
    const tls = { enabled: true, ca: null, cert: null, key: null, rejectUnauthorized: true }
    const client = startClient({ tls, connectDeadlineMs: 100, maxInFlightPerAddress: 1 })
    const requests = Array.from({ length: 5 }, () => faultOf(client.request(peer.address, { code: 1 })))
    const expected = { code: 'connectTimeout', facts: { address: peer.address } }
    expect(await Promise.all(requests)).toEqual(Array(5).fill(expected))
    expect(peer.connections).toHaveLength(1)
  })
})

describe('a connection', () => {
  it('is opened again after the peer ended it', async () => {
    const peer = await startPeer(({ socket, reply, connection }) => (connection === 0 ? socket.destroy() : reply()))
    const client = startClient()
    const facts = { address: peer.address, api: '1' }
    expect(await faultOf(client.request(peer.address, { code: 1 }))).toEqual({ code: 'connectionClosed', facts })
    expect((await client.request(peer.address, { code: 1 })).code).toBe(0)
  })

  it.each([
    ['bytes that are no frame', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['a header that is no JSON', Buffer.from('0000000800000004ffffffff', 'hex')],
    ['the alert of a server that wants TLS', Buffer.from('15030300020246', 'hex')],
  ])('is given up after %s', async (_name, bytes) => {
    const peer = await startPeer(({ socket, reply, connection }) => (connection === 0 ? socket.write(bytes) : reply()))
    const client = startClient()
    expect(await faultOf(client.request(peer.address, { code: 1 }))).toMatchObject({ code: 'invalidAnswer' })
    expect((await client.request(peer.address, { code: 1 })).code).toBe(0)
  })

  it('is given up when an unfinished reply swallows what follows', async () => {
    const unfinished = Buffer.from('00ffffff00000010', 'hex')
    const peer = await startPeer(({ socket, reply, connection }) => {
      if (connection === 0 && peer.heard.length === 1) socket.write(unfinished)
      reply()
    })
    const client = startClient()
    expect(await faultOf(client.request(peer.address, { code: 1, deadlineMs: 50 }))).toMatchObject({
      code: 'requestTimeout',
    })
    expect((await client.request(peer.address, { code: 1 })).code).toBe(0)
    expect(peer.connections).toHaveLength(2)
  })

  it('declines what the peer asks of us, and says nothing to what wants no answer', async () => {
    const peer = await startPeer(({ header, reply }) => {
      if ((header.flag & 1) === 1) return
      reply({ code: 40, flag: 2, opaque: 70 })
      reply({ code: 220, flag: 0, opaque: 71 })
      reply()
    })
    expect((await startClient().request(peer.address, { code: 1 })).code).toBe(0)
    await until(() => peer.heard.length === 2)
    expect(peer.heard[1]?.header).toMatchObject({ code: 3, flag: 1, opaque: 71 })
  })

  it('does not pile up answers for a peer that asks and never reads', async () => {
    const header = { code: 220, version: 0, opaque: 9, flag: 0, remark: null, ext: {} }
    const question = encodeFrame({ header, body: Buffer.alloc(0) }, 'json')
    // More than the sockets themselves can hold.
    const asked = 200_000
    const peer = await startPeer(({ header: { code }, reply, socket }) => {
      if (code === 1) socket.pause().write(Buffer.alloc(asked * question.length, question))
      if (code !== 3) reply()
    })
    const client = startClient()
    await client.request(peer.address, { code: 1 })
    peer.connections[0]?.resume()
    await client.request(peer.address, { code: 2 })
    const answers = peer.heard.filter((heard) => heard.header.code === 3).length
    expect([answers > 0, answers < asked / 2]).toEqual([true, true])
  })

  it('ignores replies that nobody asked for', async () => {
    const peer = await startPeer(({ header, reply }) => {
      reply({ opaque: header.opaque + 1 })
      reply()
      reply()
    })
    const client = startClient()
    expect((await client.request(peer.address, { code: 1 })).code).toBe(0)
    expect((await client.request(peer.address, { code: 1 })).code).toBe(0)
  })

  it('ends by itself when nobody uses it', async () => {
    const peer = await startPeer(echo)
    const client = startClient({ idleMs: 50 })
    await client.request(peer.address, { code: 1 })
    await until(() => peer.connections[0]?.closed === true)
    expect((await client.request(peer.address, { code: 1 })).code).toBe(0)
    expect(peer.connections).toHaveLength(2)
  })

  it('keeps the process alive only while a reply is awaited', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const peer = await startPeer(mute)
    const client = startClient()
    const before = sockets()
    const request = client.request(peer.address, { code: 1 })
    await until(() => peer.heard.length === 1)
    expect(sockets()).toBe(before + 1)
    peer.heard[0]?.reply()
    await request
    expect(sockets()).toBe(before)
  })
})

describe('a server that is about to stop', () => {
  it('is asked again over a new connection', async () => {
    const peer = await startPeer(({ reply, connection }) => reply(connection === 0 ? GO_AWAY : {}))
    expect((await startClient().request(peer.address, { code: 1 })).code).toBe(0)
    expect(peer.connections).toHaveLength(2)
    await until(() => peer.connections[0]?.closed === true)
  })

  it('is not asked a third time', async () => {
    const peer = await startPeer(({ reply }) => reply(GO_AWAY))
    expect((await startClient().request(peer.address, { code: 1 })).code).toBe(1_500)
    expect(peer.heard).toHaveLength(2)
  })

  it('may still answer what it was asked before', async () => {
    const peer = await startPeer((heard) => {
      if (heard.header.code === 2) heard.reply(heard.connection === 0 ? GO_AWAY : {})
    })
    const client = startClient()
    const earlier = client.request(peer.address, { code: 1 })
    await until(() => peer.heard.length === 1)
    expect((await client.request(peer.address, { code: 2 })).code).toBe(0)
    peer.heard[0]?.reply({ remark: 'at last' })
    expect((await earlier).remark).toBe('at last')
    await until(() => peer.connections[0]?.closed === true)
  })
})

describe('a signal', () => {
  const reason = new Error('called off')

  it('ends a request before it is sent', async () => {
    const peer = await startPeer(echo)
    await expect(startClient().request(peer.address, { code: 1 }, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(peer.connections).toHaveLength(0)
  })

  it('ends what is under way and what waits for its turn', async () => {
    const peer = await startPeer(mute)
    const client = startClient({ maxInFlightPerAddress: 1 })
    const controller = new AbortController()
    const requests = Array.from({ length: 3 }, () => client.request(peer.address, { code: 1 }, controller.signal))
    const outcomes = Promise.allSettled(requests)
    await until(() => peer.heard.length === 1)
    controller.abort(reason)
    expect(await outcomes).toEqual(Array(3).fill({ status: 'rejected', reason }))
    expect(peer.heard).toHaveLength(1)
  })

  it('ends one request and not the connection that others use', async () => {
    const peer = await startPeer(mute)
    const client = startClient()
    const controller = new AbortController()
    const given = client.request(peer.address, { code: 1 }, controller.signal)
    const kept = client.request(peer.address, { code: 2 })
    await until(() => peer.heard.length === 2)
    controller.abort(reason)
    await expect(given).rejects.toBe(reason)
    for (const { reply } of peer.heard) reply()
    expect((await kept).code).toBe(0)
  })
})

describe('a closed client', () => {
  it('ends what is under way and waiting, and takes nothing more', async () => {
    const peer = await startPeer(mute)
    const client = startClient({ maxInFlightPerAddress: 1 })
    const requests = [1, 2].map((code) => faultOf(client.request(peer.address, { code })))
    await until(() => peer.heard.length === 1)
    await client.close()
    expect(await Promise.all(requests)).toMatchObject([{ code: 'connectionClosed' }, { code: 'connectionClosed' }])
    expect(await faultOf(client.request(peer.address, { code: 1 }))).toMatchObject({ code: 'connectionClosed' })
  })
})

describe('an address', () => {
  it('where nobody listens is a refused connection', async () => {
    const fault = await faultOf(startClient().request('127.0.0.1:1', { code: 1 }))
    expect(fault).toEqual({ code: 'connectionRefused', facts: { address: '127.0.0.1:1' } })
  })

  it.each(['', 'broker', 'broker:0', 'broker:99999', 'a b:1:2'])('that is none is no host: %j', async (address) => {
    expect(await faultOf(startClient().request(address, { code: 1 }))).toEqual({
      code: 'hostNotFound',
      facts: { address },
    })
  })

  it('of a peer without TLS is told from one that is down', async () => {
    const peer = await startPeer(mute, (socket) => socket.destroy())
    const tls = { enabled: true, ca: null, cert: null, key: null, rejectUnauthorized: true }
    expect(await faultOf(startClient({ tls }).request(peer.address, { code: 1 }))).toMatchObject({
      code: 'tlsHandshakeFailed',
    })
  })
})
