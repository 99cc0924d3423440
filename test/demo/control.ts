/** How a second shell talks to the running demo: one line of JSON each way over a socket that only this user can open. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

export interface Reply {
  ok: boolean
  text: string
}

const FOLDER = join(tmpdir(), `holdfast-demo-${userInfo().uid}`)

function socketPath(port: number): string {
  return join(FOLDER, `${port}.sock`)
}

export async function listenForFaults(port: number, answer: (fault: string) => Promise<Reply>): Promise<Server> {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 })
  chmodSync(FOLDER, 0o700)
  const path = socketPath(port)
  // Left by a demo that was killed; our console holds the port, so no living demo can own it.
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    socket.setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.once('data', async (line) => {
      const reply = await answer(String(line).trim()).catch((error) => ({ ok: false, text: String(error) }))
      socket.end(JSON.stringify(reply))
    })
  })
  server.once('close', removeFolder)
  await new Promise<void>((done, refuse) => {
    server.once('error', refuse)
    server.listen(path, done)
  })
  return server
}

/** Nothing is left lying about, unless another demo is at home there. */
function removeFolder(): void {
  try {
    rmdirSync(FOLDER)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Asks the demo on that port, or the only one there is. */
export async function askDemo(fault: string, port: number | null): Promise<Reply> {
  const replies: Reply[] = []
  const ports = port === null ? knownPorts() : [port]
  for (const each of ports) {
    const isAlive = (await ask(each, 'ping')) !== null
    if (isAlive) replies.push({ ok: true, text: String(each) })
  }
  if (replies.length === 0) return { ok: false, text: 'No demo is running. Start one with: npm run demo' }
  if (replies.length > 1) {
    const running = replies.map((reply) => reply.text).join(', ')
    return { ok: false, text: `Several demos are running, on ports ${running}. Choose one with --port N.` }
  }
  const reply = await ask(Number(replies[0]?.text), fault)
  return reply ?? { ok: false, text: 'The demo ended before it answered.' }
}

function knownPorts(): number[] {
  if (!existsSync(FOLDER)) return []
  return readdirSync(FOLDER).flatMap((name) => (/^\d+\.sock$/.test(name) ? [Number.parseInt(name, 10)] : []))
}

function ask(port: number, line: string): Promise<Reply | null> {
  return new Promise((done) => {
    const socket = connect(socketPath(port))
    let text = ''
    socket.setEncoding('utf8')
    socket.once('error', () => done(null))
    socket.once('connect', () => socket.write(`${line}\n`))
    socket.on('data', (part) => {
      text += part
    })
    socket.once('close', () => done(text === '' ? null : (JSON.parse(text) as Reply)))
  })
}
