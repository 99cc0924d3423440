/** A real schema registry (Apicurio) that speaks the API of Confluent's, on loopback, its data in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from './free-port.ts'
import { JavaServer, PortTakenError } from './java-server.ts'
import { apicurioFolder } from './maven.ts'

const START_ATTEMPTS = 3
const RUNNER = 'apicurio-registry-app-2.6.13.Final-runner.jar'
/** Short-lived and small: quick to start matters more than quick to run. */
const JAVA_OPTIONS = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

export interface NewSchema {
  schemaType?: 'AVRO' | 'PROTOBUF' | 'JSON'
  schema: string
  references?: { name: string; subject: string; version: number }[]
}

export class SchemaRegistryServer {
  readonly url: string
  readonly #server: JavaServer
  readonly #folder: string

  constructor(port: number, server: JavaServer, folder: string) {
    this.url = `http://127.0.0.1:${port}/apis/ccompat/v7`
    this.#server = server
    this.#folder = folder
  }

  static async start(): Promise<SchemaRegistryServer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await startOnce()
      } catch (error) {
        if (!(error instanceof PortTakenError) || attempt === START_ATTEMPTS) throw error
      }
    }
  }

  /** Adds a version of a subject, and answers the schema's id. */
  async register(subject: string, schema: NewSchema): Promise<number> {
    const response = await fetch(`${this.url}/subjects/${encodeURIComponent(subject)}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify(schema),
    })
    const answer = (await response.json()) as { id?: number }
    if (answer.id === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`)
    return answer.id
  }

  /** Ends the process and keeps nothing. */
  async stop(): Promise<void> {
    await this.#server.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function startOnce(): Promise<SchemaRegistryServer> {
  const [jars, port] = [await apicurioFolder(), await freePort()]
  const folder = await mkdtemp(path.join(tmpdir(), 'schema-registry-'))
  const settings = [`-Dquarkus.http.port=${port}`, '-Dquarkus.http.host=127.0.0.1']
  const server = new JavaServer({
    name: 'schema registry',
    command: [...JAVA_OPTIONS, ...settings, '-jar', path.join(jars, RUNNER)],
    ports: [port],
    logFile: path.join(folder, 'registry.log'),
  })
  try {
    await server.start()
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return new SchemaRegistryServer(port, server, folder)
}
