/**
 * A real Kafka cluster on loopback: one controller process (so that brokers can be stopped without losing the
 * quorum) and any number of brokers, at free ports, in a folder that is removed with it. All of it ends when
 * this process ends, however that happens.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Connection, metadataV12 } from '@platformatic/kafka'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { classDataFlags, keepClassData } from './class-data.ts'
import { freePorts } from './free-port.ts'
import { guardFolder } from './guard.ts'
import { JavaServer, PortTakenError } from './java-server.ts'
import {
  authorizerConfig,
  brokerSecurity,
  clientProtocol,
  type KafkaTestCertificates,
  type KafkaTestSecurity,
  makeCertificates,
  scramArguments,
  writeProperties,
} from './kafka-security.ts'
import { kafkaJars, requireJava } from './maven.ts'

const run = promisify(execFile)

const MAIN = 'kafka.Kafka'
const CONTROLLER_ID = 100
const START_DEADLINE_MS = 2 * MINUTE_MS
const TOOL_DEADLINE_MS = 2 * MINUTE_MS
const WAIT_STEP_MS = 100
const START_ATTEMPTS = 3
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']

/** Java unpacks its native libraries into its folder for temporary files, and leaves them there when it is killed. */
const jvmOf = ({ folder }: Pick<Layout, 'folder'>): string[] => [...JVM, `-Djava.io.tmpdir=${folder}`]

export interface KafkaClusterOptions {
  /** Default 3; their ids are 1, 2, 3 … */
  brokers?: number
  version?: string
  /** One per broker. */
  racks?: string[]
  /** Default 320 per process. */
  heapMb?: number
  /** Added to every broker's configuration. */
  brokerConfig?: Record<string, string>
  controllerConfig?: Record<string, string>
  logDirsPerBroker?: number
  security?: KafkaTestSecurity
  /** The address that a broker tells clients, when it is not the one it listens at. */
  advertised?: (brokerId: number, port: number) => string
}

export interface KafkaTestNode {
  readonly id: number
  readonly port: number
  readonly logDirs: string[]
  /** What it wrote to its log so far. */
  log(): Promise<string>
  /** Ends it the orderly way; leaders move first. */
  stop(): Promise<void>
  /** Ends it at once. */
  kill(): Promise<void>
  /** Starts it again at the same port with its old data, and waits until it listens. */
  start(): Promise<void>
}

export interface KafkaTestCluster {
  /** Where clients connect; secured when `security` says so. */
  readonly bootstrapServers: string[]
  /** The plain listener; with an authorizer it may do everything. */
  readonly internalServers: string[]
  readonly brokers: KafkaTestNode[]
  readonly controller: KafkaTestNode
  /** PEM of the authority when TLS is on. */
  readonly ca: string | null
  /** Runs one of Kafka's own command-line tools, such as `kafka-topics`, and answers what it printed. */
  cli(tool: KafkaTool, args: readonly string[]): Promise<string>
  /** Waits until exactly this many brokers are listed. */
  waitForBrokers(count: number): Promise<void>
  stop(): Promise<void>
}

/** By the names of their scripts. */
export const KAFKA_TOOLS = {
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-share-consumer': 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-groups': 'org.apache.kafka.tools.GroupsCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-share-groups': 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  'kafka-streams-groups': 'org.apache.kafka.tools.streams.StreamsGroupCommand',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
} as const

export type KafkaTool = keyof typeof KAFKA_TOOLS

interface Layout {
  folder: string
  jars: string
  clusterId: string
  options: KafkaClusterOptions
  security: KafkaTestSecurity
  certificates: KafkaTestCertificates | null
}

/** @throws with the last lines of the log of the node that failed; nothing is left behind then. */
export async function startKafkaCluster(options: KafkaClusterOptions = {}): Promise<KafkaTestCluster> {
  await requireJava()
  const jars = await kafkaJars(options.version)
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(jars, options)
    } catch (error) {
      // Between choosing a free port and listening at it, somebody else may have taken it.
      if (!(error instanceof PortTakenError) || attempt === START_ATTEMPTS) throw error
    }
  }
}

async function startOnce(jars: string, options: KafkaClusterOptions): Promise<KafkaTestCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-kafka-'))
  const releaseFolder = await guardFolder(folder)
  const nodes: Node[] = []
  try {
    const security = options.security ?? {}
    const certificates = security.tls ? await makeCertificates(folder) : null
    const layout: Layout = { folder, jars, clusterId: uuid(), options, security, certificates }
    const count = options.brokers ?? 3
    const ports = await freePorts(1 + 2 * count)
    const controllerPort = ports.pop() ?? 0
    nodes.push(await makeController(layout, controllerPort))
    for (let id = 1; id <= count; id++) {
      nodes.push(await makeBroker(layout, id, ports.pop() ?? 0, ports.pop() ?? 0, controllerPort))
    }
    await Promise.all(nodes.map((node) => node.start()))
    const cluster = new Cluster(layout, nodes, releaseFolder)
    await cluster.waitForBrokers(count)
    return cluster
  } catch (error) {
    await removeAll(folder, nodes)
    releaseFolder()
    throw error
  }
}

async function removeAll(folder: string, nodes: readonly Node[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.kill()))
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

class Cluster implements KafkaTestCluster {
  readonly bootstrapServers: string[]
  readonly internalServers: string[]
  readonly brokers: Node[]
  readonly controller: Node
  readonly ca: string | null
  readonly #layout: Layout
  readonly #nodes: Node[]
  readonly #releaseFolder: () => void

  constructor(layout: Layout, nodes: Node[], releaseFolder: () => void) {
    const [controller, ...brokers] = nodes
    if (!controller) throw new Error('a cluster needs a controller')
    this.#layout = layout
    this.#nodes = nodes
    this.#releaseFolder = releaseFolder
    this.controller = controller
    this.brokers = brokers
    this.ca = layout.certificates?.ca ?? null
    // The name, not the number: a certificate check by name must have something to check.
    this.bootstrapServers = brokers.map((broker) => `localhost:${broker.port}`)
    this.internalServers = brokers.map((broker) => `127.0.0.1:${broker.internalPort}`)
  }

  async cli(tool: KafkaTool, args: readonly string[]): Promise<string> {
    const java = ['-Xmx128m', ...jvmOf(this.#layout), '-cp', `${this.#layout.jars}/*`]
    const command = [...java, KAFKA_TOOLS[tool], ...this.#toolTarget(tool), ...args]
    const { stdout } = await run('java', command, { timeout: TOOL_DEADLINE_MS, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  }

  #toolTarget(tool: KafkaTool): string[] {
    const servers = this.internalServers.join(',')
    // The one tool without --bootstrap-server takes it among its producer settings.
    if (tool === 'kafka-producer-perf-test') return ['--producer-props', `bootstrap.servers=${servers}`]
    return ['--bootstrap-server', servers]
  }

  async waitForBrokers(count: number): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS
    for (;;) {
      const running = this.brokers.filter((broker) => broker.running)
      const seen = await Promise.all(running.map((broker) => listedBrokers(broker.internalPort)))
      if (seen.length > 0 && seen.every((listed) => listed === count)) return
      if (Date.now() > deadline) throw new Error(`after ${START_DEADLINE_MS} ms brokers list ${seen}, not ${count}`)
      await sleep(WAIT_STEP_MS)
    }
  }

  async stop(): Promise<void> {
    await keepClassData(this.#layout.jars, MAIN, this.brokers[0]?.pid ?? null)
    await removeAll(this.#layout.folder, this.#nodes)
    this.#releaseFolder()
  }
}

class Node extends JavaServer implements KafkaTestNode {
  readonly id: number
  readonly port: number
  readonly internalPort: number
  readonly logDirs: string[]
  readonly propertiesFile: string

  constructor(layout: Layout, id: number, port: number, internalPort: number, logDirs: string[]) {
    const folder = nodeFolder(layout, id)
    const propertiesFile = path.join(folder, 'server.properties')
    const heap = `-Xmx${layout.options.heapMb ?? 320}m`
    super({
      name: `node ${id}`,
      command: [
        heap,
        ...jvmOf(layout),
        ...classDataFlags(layout.jars, MAIN),
        '-cp',
        `${layout.jars}/*`,
        MAIN,
        propertiesFile,
      ],
      ports: [...new Set([port, internalPort])],
      logFile: path.join(folder, 'server.log'),
    })
    this.id = id
    this.port = port
    this.internalPort = internalPort
    this.logDirs = logDirs
    this.propertiesFile = propertiesFile
  }
}

async function makeController(layout: Layout, port: number): Promise<Node> {
  const node = new Node(layout, CONTROLLER_ID, port, port, logDirsOf(layout, CONTROLLER_ID, 1))
  await prepare(layout, node, {
    'process.roles': 'controller',
    ...quorumConfig(port),
    listeners: `CONTROLLER://127.0.0.1:${port}`,
    ...authorizerConfig(layout.security),
    ...replicationDefaults(layout.options.brokers ?? 3),
    ...layout.options.controllerConfig,
  })
  const format = ['format', '-t', layout.clusterId, '-c', node.propertiesFile, ...scramArguments(layout.security)]
  const jvm = ['-Xmx128m', ...jvmOf(layout), '-cp', `${layout.jars}/*`, 'kafka.tools.StorageTool']
  await run('java', [...jvm, ...format], { timeout: TOOL_DEADLINE_MS })
  return node
}

async function makeBroker(
  layout: Layout,
  id: number,
  port: number,
  internalPort: number,
  controllerPort: number,
): Promise<Node> {
  const { options, security } = layout
  const node = new Node(layout, id, port, internalPort, logDirsOf(layout, id, options.logDirsPerBroker ?? 1))
  const advertised = options.advertised?.(id, port) ?? `localhost:${port}`
  const rack = options.racks?.[id - 1]
  await prepare(layout, node, {
    'process.roles': 'broker',
    ...quorumConfig(controllerPort, clientProtocol(security)),
    listeners: `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internalPort}`,
    'advertised.listeners': `CLIENT://${advertised},INTERNAL://127.0.0.1:${internalPort}`,
    'inter.broker.listener.name': 'INTERNAL',
    ...(rack === undefined ? {} : { 'broker.rack': rack }),
    ...replicationDefaults(options.brokers ?? 3),
    ...brokerSecurity(security, layout.certificates),
    ...authorizerConfig(security),
    ...options.brokerConfig,
  })
  await Promise.all(node.logDirs.map((dir) => writeMetaProperties(dir, layout.clusterId, id)))
  return node
}

async function prepare(layout: Layout, node: Node, config: Record<string, string>): Promise<void> {
  await mkdir(nodeFolder(layout, node.id), { recursive: true })
  await Promise.all(node.logDirs.map((dir) => mkdir(dir, { recursive: true })))
  const common = { 'node.id': String(node.id), 'log.dirs': node.logDirs.join(',') }
  await writeProperties(node.propertiesFile, { ...common, ...config })
}

/** What the format tool writes for a broker; doing it here saves a JVM start for each. */
async function writeMetaProperties(dir: string, clusterId: string, id: number): Promise<void> {
  const lines = ['version=1', `cluster.id=${clusterId}`, `node.id=${id}`, `directory.id=${uuid()}`]
  await writeFile(path.join(dir, 'meta.properties'), `${lines.join('\n')}\n`)
}

function quorumConfig(port: number, protocol = 'PLAINTEXT'): Record<string, string> {
  return {
    'controller.quorum.voters': `${CONTROLLER_ID}@127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:${protocol}`,
  }
}

/** Few partitions in the inner topics and no delay before a group's first assignment: tests are quicker. */
function replicationDefaults(brokers: number): Record<string, string> {
  const replicas = String(Math.min(3, brokers))
  const minIsr = String(Math.min(2, brokers))
  return {
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '6',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minIsr,
    'transaction.state.log.num.partitions': '6',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minIsr,
    'share.coordinator.state.topic.num.partitions': '6',
    'group.initial.rebalance.delay.ms': '0',
  }
}

function logDirsOf(layout: Layout, id: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => path.join(nodeFolder(layout, id), `data-${index}`))
}

function nodeFolder(layout: Layout, id: number): string {
  return path.join(layout.folder, `node-${id}`)
}

/** Kafka's own form of an id: 16 bytes in URL-safe base64, never with a leading dash. */
function uuid(): string {
  const text = randomBytes(16).toString('base64url')
  return text.startsWith('-') ? uuid() : text
}

/** How many brokers this one lists; null when it does not answer yet. */
async function listedBrokers(port: number): Promise<number | null> {
  const connection = new Connection('test-servers', { connectTimeout: SECOND_MS, requestTimeout: 5 * SECOND_MS })
  try {
    await connection.connect('127.0.0.1', port)
    const answer = await metadataV12.api.async(connection, [], false, false)
    return answer.brokers.length
  } catch {
    // Not ready is the expected answer while the cluster forms; the caller has the deadline.
    return null
  } finally {
    await connection.close()
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
