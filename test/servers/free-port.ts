import { connect, createServer, type Server } from 'node:net'
import { SECOND_MS } from '../../lib/units.ts'

/** True when this loopback port can be listened at now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

/** All at once, so that no two of them are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = await Promise.all(Array.from({ length: count }, () => listen(0)))
  const ports = probes.map(portOf)
  await Promise.all(probes.map(close))
  return ports
}

/** Free ports whose neighbour that many numbers below is free, too. */
export async function freePortsWithLower(count: number, below: number): Promise<number[]> {
  const held: Server[] = []
  const ports: number[] = []
  try {
    while (ports.length < count) {
      const upper = await listen(0)
      held.push(upper)
      const lower = await listen(portOf(upper) - below).catch(() => null)
      // The upper one stays held when the lower is taken: the next try then gets another number.
      if (lower === null) continue
      held.push(lower)
      ports.push(portOf(upper))
    }
    return ports
  } finally {
    await Promise.all(held.map(close))
  }
}

/** True when all these loopback ports accept connections. */
export async function allListening(ports: readonly number[]): Promise<boolean> {
  return (await Promise.all(ports.map(isListening))).every(Boolean)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const settle = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', settle(true)).once('error', settle(false)).setTimeout(SECOND_MS, settle(false))
  })
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
