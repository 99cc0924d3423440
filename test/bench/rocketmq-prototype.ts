/**
 * The least that a poll of RocketMQ can be, as a measure of the machine: it asks what a poll asks (codes 21, 201, 43,
 * 28 and 907 once, 202 for each topic), parses the headers and concludes nothing. A process of its own, as a poll is.
 */
import { execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Cost, costOf, medianCost } from './measure.ts'

const ONCE = [21, 201, 43, 28, 907]
const TOPIC_STATS = 202
const IN_FLIGHT = 16
const WARM_UP_POLLS = 5
const POLLS = 20
const PAUSE_MS = 1_000
const LENGTH_BYTES = 4

interface PrototypePlan {
  broker: string
  topics: string[]
}

export async function benchPrototype(plan: PrototypePlan): Promise<Cost> {
  const args = [fileURLToPath(import.meta.url), JSON.stringify(plan)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

async function measure({ broker, topics }: PrototypePlan): Promise<Cost> {
  const connection = await Connection.open(broker)
  const costs: Cost[] = []
  for (let poll = 0; poll < WARM_UP_POLLS + POLLS; poll += 1) {
    const cost = await costOf(() => pollOnce(connection, topics))
    if (poll >= WARM_UP_POLLS) costs.push(cost)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  connection.close()
  return medianCost(costs)
}

async function pollOnce(connection: Connection, topics: readonly string[]): Promise<void> {
  for (const code of ONCE) await connection.ask(code, {})
  let next = 0
  const askOn = async (): Promise<void> => {
    while (next < topics.length) {
      const topic = topics[next++] ?? ''
      const { code, bodyBytes } = await connection.ask(TOPIC_STATS, { topic })
      if (code !== 0 || bodyBytes === 0) throw new Error(`${topic} was answered with ${code} and ${bodyBytes} bytes`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, askOn))
}

interface Answer {
  code: number
  bodyBytes: number
}

class Connection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #opaque = 0
  #bytes: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true).on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  static open(address: string): Promise<Connection> {
    const [host, port] = address.split(':')
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), host, () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  ask(code: number, extFields: Record<string, string>): Promise<Answer> {
    const opaque = this.#opaque++
    const fields = { code, opaque, flag: 0, language: 'JAVA', version: 500, extFields }
    const header = Buffer.from(JSON.stringify(fields))
    const prefix = Buffer.alloc(2 * LENGTH_BYTES)
    prefix.writeUInt32BE(LENGTH_BYTES + header.length)
    prefix.writeUInt32BE(header.length, LENGTH_BYTES)
    return new Promise((resolve) => {
      this.#waiting.set(opaque, resolve)
      this.#socket.write(Buffer.concat([prefix, header]))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    while (this.#bytes.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#bytes.readUInt32BE()
      if (this.#bytes.length < end) return
      const headerEnd = 2 * LENGTH_BYTES + this.#bytes.readUIntBE(LENGTH_BYTES + 1, 3)
      const header = JSON.parse(this.#bytes.toString('utf8', 2 * LENGTH_BYTES, headerEnd))
      this.#waiting.get(header.opaque)?.({ code: header.code, bodyBytes: end - headerEnd })
      this.#waiting.delete(header.opaque)
      this.#bytes = this.#bytes.subarray(end)
    }
  }
}

if (import.meta.main) console.log(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? ''))))
