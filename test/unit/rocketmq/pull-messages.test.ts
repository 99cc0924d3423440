import { describe, expect, it, onTestFinished } from 'vitest'
import type { PulledMessages } from '../../../lib/rocketmq/message-requests.ts'
import { pullMessages } from '../../../lib/rocketmq/pull-messages.ts'
import { RocketmqClient } from '../../../lib/rocketmq/rocketmq-client.ts'
import { decodeMessages } from '../../../lib/rocketmq/stored-message.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { encodeMessage } from '../../builders/rocketmq-messages.ts'
import { type Heard, startPeer } from './loopback-peer.ts'

const PULL = 11
const VIEW = 33
const INDEX = 321
const BUSY = 2
const MIN = 2

/** A broker that refuses pulls, and holds messages from offset 2 on, each at ten times its offset. */
async function pullFrom(role: 'master' | 'slave', sizes: (number | 'gone')[], offset = BigInt(MIN)) {
  const peer = await startPeer((heard) => answer(heard, sizes))
  const config = { id: 't', name: 't', kind: 'rocketmq', readOnly: true, addressMap: {}, acl: null } as const
  const client = new RocketmqClient({ ...config, nameServers: [], tls: NO_TLS }, { connectMs: 1_000, requestMs: 1_000 })
  onTestFinished(() => client.close())
  const place = {
    ...{ brokerName: 'a', queues: 1, writeQueues: 1, isReadable: true, isWritable: true },
    ...(role === 'master' ? { master: peer.address, slaves: [] } : { master: null, slaves: [peer.address] }),
  }
  const { value, fault } = await pullMessages(client.during(AbortSignal.timeout(5_000)), place, 'orders', 3, offset)
  return {
    ...(value && offsetsOf(value)),
    code: value?.code,
    fault,
    asked: peer.heard.map(({ header }) => header.code),
  }
}

function answer({ header, reply }: Heard, sizes: (number | 'gone')[]): void {
  if (header.code === PULL) reply({ code: BUSY })
  if (header.code === INDEX) reply({}, index(sizes, Number(header.ext.index)))
  if (header.code === VIEW) {
    const queueOffset = BigInt(header.ext.offset ?? '') / 10n
    const isGone = sizes[Number(queueOffset) - MIN] === 'gone'
    reply(isGone ? { code: 1 } : {}, encodeMessage({ queueOffset }))
  }
}

function index(sizes: (number | 'gone')[], first: number): Buffer {
  const queueData = sizes
    .map((size, position) => ({ physicOffset: (position + MIN) * 10, physicSize: size === 'gone' ? 100 : size }))
    .slice(first - MIN)
  return Buffer.from(JSON.stringify({ minQueueIndex: MIN, maxQueueIndex: MIN + sizes.length, queueData }))
}

function offsetsOf({ body, nextOffset, minOffset, maxOffset }: PulledMessages) {
  const offsets = decodeMessages(body).messages.map(({ queueOffset }) => queueOffset)
  return { offsets, nextOffset, minOffset, maxOffset }
}

describe('a slave that refuses pulls', () => {
  it('is asked for its index, and for each message', async () => {
    expect(await pullFrom('slave', [100, 100, 100])).toMatchObject({
      ...{ offsets: [2n, 3n, 4n], nextOffset: 5n, minOffset: 2n, maxOffset: 5n, code: 0 },
      asked: [PULL, INDEX, VIEW, VIEW, VIEW],
    })
    expect(await pullFrom('slave', [100, 100, 100], 4n)).toMatchObject({ offsets: [4n], nextOffset: 5n })
  })

  it('is asked for about as much as a pull hands out', async () => {
    expect(await pullFrom('slave', [200_000, 200_000, 100])).toMatchObject({ offsets: [2n], nextOffset: 3n })
    expect(await pullFrom('slave', [9_000_000, 100])).toMatchObject({ offsets: [2n], nextOffset: 3n })
  })

  it('leaves out nothing behind a message that is gone, and passes it alone', async () => {
    expect(await pullFrom('slave', [100, 'gone', 100])).toMatchObject({ offsets: [2n], nextOffset: 3n, code: 0 })
    expect(await pullFrom('slave', ['gone', 100])).toMatchObject({ offsets: [], nextOffset: 3n, code: 20 })
  })
})

it('a master that is busy is not asked for more', async () => {
  const busy = { code: 'brokerError', facts: { errorCode: BUSY } }
  expect(await pullFrom('master', [100])).toMatchObject({ fault: busy, asked: [PULL] })
})
