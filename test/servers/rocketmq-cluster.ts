/**
 * A real RocketMQ cluster on loopback: NameServers, and masters with their slaves, at free ports, in a folder that
 * is removed with it. All of it ends when this process ends, however that happens.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fastjsonEntries, parseFastjson } from '../../lib/rocketmq/fastjson.ts'
import { RemotingClient } from '../../lib/rocketmq/remoting-client.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { classDataFlags, keepClassData } from './class-data.ts'
import { freePort, freePorts, freePortsWithLower } from './free-port.ts'
import { guardFolder } from './guard.ts'
import { type JavaPeer, startJavaPeer } from './java-peer.ts'
import { JavaServer, PortTakenError } from './java-server.ts'
import { writeProperties } from './kafka-security.ts'
import { type RocketmqVersion, requireJava, rocketmqJars } from './maven.ts'
import {
  brokerConfig,
  controlledConfig,
  controllerConfig,
  nameServerConfig,
  SERVER_LOGBACK,
  TOOLS_LOGBACK,
} from './rocketmq-config.ts'
import {
  aclConfig,
  makeTlsFiles,
  READ_ONLY_ACTIONS,
  READ_ONLY_RESOURCES,
  READ_ONLY_USER,
  type RocketmqCredentials,
  type RocketmqTls,
  SUPER_USER,
  writeAclFiles,
} from './rocketmq-security.ts'

const NAME_SERVER = 'org.apache.rocketmq.namesrv.NamesrvStartup'
const BROKER = 'org.apache.rocketmq.broker.BrokerStartup'
const START_ATTEMPTS = 5
/** Longer than a broker takes to register again, and than its closed connection needs to be noticed. */
const LIST_DEADLINE_MS = 30 * SECOND_MS
const WAIT_STEP_MS = 200
const GET_BROKER_CLUSTER_INFO = 106
const GET_BROKER_RUNTIME_INFO = 28
const SUCCESS = 0
const DEFAULT_HEAP_MB = 256
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
/** Each server would make itself a key at its start, in two seconds, in case that somebody asks for TLS. */
const NO_TLS = ['-Dtls.server.mode=disabled']
/** 4.x unmaps files by reflection when it starts again after a kill. */
const OPENED = ['java.nio', 'jdk.internal.ref'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
/** A broker also listens this many below its port, and cannot be told not to. */
const FAST_PORT_BELOW = 2

export interface RocketmqClusterOptions {
  /** Default 5.5.0. */
  version?: RocketmqVersion
  clusterName?: string
  /** Default 1. They do not talk to each other; brokers register with all of them. */
  nameServers?: number
  /** Names of the masters; default one, `broker-a`. */
  brokers?: readonly string[]
  /** Slaves of each master, with the ids 1, 2 …; default 1. */
  slaves?: number
  /** Added to the configuration of masters and slaves. */
  brokerConfig?: Record<string, string>
  /** Added to the configuration of slaves only. */
  slaveConfig?: Record<string, string>
  /** More arguments for the Java of every server, such as `-Dname=value`. */
  jvm?: readonly string[]
  /** Demand credentials: access control 2.0 on 5.x, 1.0 on 4.x. */
  acl?: boolean
  /** A controller in the first NameServer elects the masters, which change when one fails; 5.x only. */
  controller?: boolean
  /** Serve TLS with a certificate made for this run. */
  tls?: RocketmqTls
  /** Servers answer with binary headers, not with JSON ones. */
  binaryHeaders?: boolean
  /** Heap of each broker; default 256. */
  heapMb?: number
}

export interface RocketmqTestServer {
  /** As clients name it: `127.0.0.1:port`. */
  readonly address: string
  readonly running: boolean
  /** Process id while it runs. */
  readonly pid: number | null
  /** What it wrote to its log so far. */
  log(): Promise<string>
  /** Ends it the orderly way. */
  stop(): Promise<void>
  /** Ends it at once. */
  kill(): Promise<void>
  /** Starts it again at the same port with its old data, and waits until it serves. */
  start(): Promise<void>
}

export interface RocketmqTestBroker extends RocketmqTestServer {
  readonly name: string
  /** 0 = master. With a controller, which gives ids of its own and 0 to whoever is master, only a place in the list. */
  readonly id: number
}

export interface RocketmqTestCluster {
  readonly clusterName: string
  readonly version: RocketmqVersion
  readonly nameServers: readonly RocketmqTestServer[]
  /** Addresses of all NameServers, joined as RocketMQ's own programs take them. */
  readonly nameServerList: string
  /** Masters and slaves. */
  readonly brokers: readonly RocketmqTestBroker[]
  /** With access control on: an account that may do everything, and one that may only read. */
  readonly credentials: { superUser: RocketmqCredentials; readOnlyUser: RocketmqCredentials } | null
  /** PEM of the authority when TLS is on. */
  readonly ca: string | null
  /** @throws when there is no such broker. */
  broker(name: string, id?: number): RocketmqTestBroker
  /** Waits until every running NameServer lists exactly the brokers that run; with a controller, as many of each name. */
  waitForBrokers(): Promise<void>
  /** Runs one of RocketMQ's own admin commands, such as `topicStatus`, and answers what it printed. */
  mqadmin(command: string, args?: readonly string[]): Promise<string>
  /** Starts a Java program from `test/servers/java` with RocketMQ's class path, the NameServers and credentials. */
  startPeer(program: string): Promise<JavaPeer>
  stop(): Promise<void>
}

interface Layout {
  folder: string
  jars: string
  version: RocketmqVersion
  clusterName: string
  options: RocketmqClusterOptions
  /** System properties of every Java program of this cluster, tools included. */
  jvm: readonly string[]
  ca: string | null
  controllerPort: number | null
}

/** @throws with the last lines of the log of the server that failed; nothing is left behind then. */
export async function startRocketmqCluster(options: RocketmqClusterOptions = {}): Promise<RocketmqTestCluster> {
  await requireJava()
  const jars = await rocketmqJars(options.version)
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(jars, options)
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === START_ATTEMPTS) throw error
    }
  }
}

async function startOnce(jars: string, options: RocketmqClusterOptions): Promise<RocketmqTestCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-rocketmq-'))
  const releaseFolder = await guardFolder(folder)
  const servers: JavaServer[] = []
  let cluster: Cluster | null = null
  try {
    const layout = await makeLayout(folder, jars, options)
    const nameServers = await makeNameServers(layout)
    const brokers = await makeBrokers(layout, nameServers)
    servers.push(...nameServers, ...brokers)
    await Promise.all([...nameServers, ...brokers.filter(({ id }) => id === 0)].map((server) => server.start()))
    // A slave learns whom to replicate from with its registration: started earlier, it would wait for its second one.
    await Promise.all(brokers.map((broker) => broker.start()))
    cluster = new Cluster(layout, nameServers, brokers, releaseFolder)
    await cluster.waitForBrokers()
    await cluster.addReadOnlyUser()
    return cluster
  } catch (error) {
    await cluster?.stop()
    await removeAll(folder, servers)
    releaseFolder()
    throw error
  }
}

async function removeAll(folder: string, servers: readonly JavaServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()))
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function makeLayout(folder: string, jars: string, options: RocketmqClusterOptions): Promise<Layout> {
  const home = path.join(folder, 'home')
  const conf = path.join(home, 'conf')
  await mkdir(conf, { recursive: true })
  for (const program of ['namesrv', 'broker']) await writeFile(`${conf}/logback_${program}.xml`, SERVER_LOGBACK)
  await writeFile(`${conf}/logback_tools.xml`, TOOLS_LOGBACK)
  if (options.acl) await writeAclFiles(conf)
  const tls = options.tls ? await makeTlsFiles(folder, options.tls) : null
  return {
    folder,
    jars,
    version: options.version ?? '5.5.0',
    clusterName: options.clusterName ?? 'testCluster',
    options,
    // Java unpacks its native libraries into its folder for temporary files, and leaves them there when it is killed.
    jvm: [`-Drocketmq.home.dir=${home}`, `-Djava.io.tmpdir=${folder}`, ...JVM, ...(tls?.jvm ?? NO_TLS)],
    ca: tls?.ca ?? null,
    controllerPort: options.controller ? await freePort() : null,
  }
}

async function makeNameServers(layout: Layout): Promise<NameServer[]> {
  const ports = await freePorts(layout.options.nameServers ?? 1)
  return Promise.all(
    ports.map(async (port, index) => {
      const folder = path.join(layout.folder, `namesrv-${index}`)
      await mkdir(folder, { recursive: true })
      await writeProperties(path.join(folder, 'server.properties'), {
        ...nameServerConfig(port, folder),
        ...(index === 0 && layout.controllerPort !== null ? controllerConfig(layout.controllerPort, folder) : {}),
      })
      return new NameServer(layout, folder, port)
    }),
  )
}

async function makeBrokers(layout: Layout, nameServers: readonly NameServer[]): Promise<Broker[]> {
  const names = layout.options.brokers ?? ['broker-a']
  const slaves = layout.options.slaves ?? 1
  const count = names.length * (1 + slaves)
  const ports = await freePortsWithLower(count, FAST_PORT_BELOW)
  const haPorts = await freePorts(count)
  const addresses = nameServers.map((server) => server.address)
  const makeBroker = (name: string, id: number, master: Broker | null): Promise<Broker> =>
    Broker.make(layout, { name, id, port: ports.pop() ?? 0, haPort: haPorts.pop() ?? 0, addresses, master })
  const brokers: Broker[] = []
  for (const name of names) {
    const master = await makeBroker(name, 0, null)
    brokers.push(master)
    for (let id = 1; id <= slaves; id++) brokers.push(await makeBroker(name, id, master))
  }
  return brokers
}

function logbackFile(folder: string, program: 'broker' | 'tools'): string {
  return path.join(folder, 'home', 'conf', `logback_${program}.xml`)
}

function serverCommand(layout: Layout, folder: string, heapMb: number, mainClass: string): string[] {
  return [
    `-Xmx${heapMb}m`,
    ...classDataFlags(layout.jars, mainClass),
    ...OPENED,
    ...layout.jvm,
    ...(layout.options.jvm ?? []),
    ...(layout.options.binaryHeaders ? ['-Drocketmq.serialize.type=ROCKETMQ'] : []),
    `-Drmq.logback.configurationFile=${logbackFile(layout.folder, 'broker')}`,
    // Whatever it writes besides its store goes below its home.
    `-Duser.home=${folder}`,
    '-cp',
    `${layout.jars}/*`,
    mainClass,
    '-c',
    path.join(folder, 'server.properties'),
  ]
}

class NameServer extends JavaServer implements RocketmqTestServer {
  readonly address: string

  constructor(layout: Layout, folder: string, port: number) {
    super({
      name: `NameServer ${port}`,
      command: serverCommand(layout, folder, 96, NAME_SERVER),
      ports: [port],
      logFile: path.join(folder, 'server.log'),
    })
    this.address = `127.0.0.1:${port}`
  }
}

interface BrokerSeat {
  name: string
  id: number
  port: number
  haPort: number
  addresses: readonly string[]
  master: Broker | null
}

class Broker extends JavaServer implements RocketmqTestBroker {
  readonly name: string
  readonly id: number
  readonly address: string
  /** Null for a master, and where a controller may change who is. */
  readonly #master: Broker | null

  private constructor(layout: Layout, folder: string, seat: BrokerSeat) {
    const heapMb = layout.options.heapMb ?? DEFAULT_HEAP_MB
    super({
      name: `broker ${seat.name}:${seat.id}`,
      command: ['-XX:MaxDirectMemorySize=256m', ...serverCommand(layout, folder, heapMb, BROKER)],
      ports: [seat.port],
      logFile: path.join(folder, 'server.log'),
    })
    this.name = seat.name
    this.id = seat.id
    this.address = `127.0.0.1:${seat.port}`
    this.#master = layout.controllerPort === null ? seat.master : null
  }

  static async make(layout: Layout, seat: BrokerSeat): Promise<Broker> {
    const { options, version, clusterName } = layout
    const folder = path.join(layout.folder, `${seat.name}-${seat.id}`)
    await mkdir(folder, { recursive: true })
    const { name, id, port, haPort, addresses } = seat
    const place = { clusterName, name, id, port, haPort, nameServers: addresses }
    await writeProperties(path.join(folder, 'server.properties'), {
      ...brokerConfig({ ...place, storeFolder: path.join(folder, 'store') }),
      ...(layout.controllerPort === null ? {} : controlledConfig(layout.controllerPort)),
      ...(options.acl ? aclConfig(version) : {}),
      ...options.brokerConfig,
      ...(id > 0 ? options.slaveConfig : {}),
    })
    return new Broker(layout, folder, seat)
  }

  /** A slave serves when its running master has taken its connection. */
  override async start(): Promise<void> {
    if (this.running) return
    const master = this.#master
    const masterLogBytes = (await master?.logBytes()) ?? 0
    await super.start()
    await this.waitForLog('boot success')
    if (master?.running) await master.waitForLog('receive new connection', masterLogBytes)
  }
}

class Cluster implements RocketmqTestCluster {
  readonly clusterName: string
  readonly version: RocketmqVersion
  readonly nameServers: readonly NameServer[]
  readonly nameServerList: string
  readonly brokers: readonly Broker[]
  readonly credentials: RocketmqTestCluster['credentials']
  readonly ca: string | null
  readonly #layout: Layout
  readonly #peers: Promise<JavaPeer>[] = []
  readonly #releaseFolder: () => void
  #admin: Promise<JavaPeer> | null = null

  constructor(
    layout: Layout,
    nameServers: readonly NameServer[],
    brokers: readonly Broker[],
    releaseFolder: () => void,
  ) {
    this.#layout = layout
    this.#releaseFolder = releaseFolder
    this.clusterName = layout.clusterName
    this.version = layout.version
    this.nameServers = nameServers
    this.nameServerList = nameServers.map((server) => server.address).join(';')
    this.brokers = brokers
    this.credentials = layout.options.acl ? { superUser: SUPER_USER, readOnlyUser: READ_ONLY_USER } : null
    this.ca = layout.ca
  }

  async waitForBrokers(): Promise<void> {
    const nameOf = (one: string): string => (this.#layout.controllerPort === null ? one : one.replace(/:\d+$/, ''))
    const running = this.brokers.filter((broker) => broker.running)
    const expected = running.map((broker) => nameOf(`${broker.name}:${broker.id}`)).sort()
    const deadline = Date.now() + LIST_DEADLINE_MS
    for (;;) {
      const servers = this.nameServers.filter((server) => server.running)
      const lists = await Promise.all(servers.map((server) => listedBrokers(server.address, this.ca)))
      const areListed = lists.every((list) => list?.map(nameOf).sort().join() === expected.join())
      if (areListed && (await this.#allAnswer(running))) return
      if (Date.now() > deadline) throw new Error(`NameServers list ${lists.join(' / ')}, not ${expected}`)
      await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS))
    }
  }

  /** In their first second brokers have no run-time numbers yet, and say so with an error. */
  async #allAnswer(brokers: readonly RocketmqTestBroker[]): Promise<boolean> {
    const credentials = this.credentials?.superUser ?? null
    const bodies = await Promise.all(
      brokers.map(({ address }) => askOnce(address, GET_BROKER_RUNTIME_INFO, this.ca, credentials)),
    )
    return bodies.every((body) => body !== null)
  }

  /** Accounts of access control 2.0 live in the brokers, each broker its own. */
  async addReadOnlyUser(): Promise<void> {
    if (!this.credentials || this.version.startsWith('4.')) return
    const { accessKey, secretKey } = READ_ONLY_USER
    for (const { address } of this.brokers) {
      const subject = ['-b', address, '-s', `User:${accessKey}`]
      await this.mqadmin('createUser', ['-b', address, '-u', accessKey, '-p', secretKey, '-t', 'Normal'])
      await this.mqadmin('createAcl', [
        ...subject,
        ...['-r', READ_ONLY_RESOURCES, '-a', READ_ONLY_ACTIONS, '-d', 'Allow'],
      ])
    }
  }

  broker(name: string, id = 0): RocketmqTestBroker {
    const found = this.brokers.find((broker) => broker.name === name && broker.id === id)
    if (!found) throw new Error(`no broker ${name}:${id} in ${this.brokers.map((one) => `${one.name}:${one.id}`)}`)
    return found
  }

  async mqadmin(command: string, args: readonly string[] = []): Promise<string> {
    this.#admin ??= this.startPeer('MqAdmin')
    const admin = await this.#admin
    const target = args.includes('-n') ? [] : ['-n', this.nameServerList]
    const text = await admin.call(command, ...target, ...args)
    if (text.startsWith('The sub command ')) throw new Error(`mqadmin ${this.version}: ${text.trim()}`)
    return text
  }

  startPeer(program: string): Promise<JavaPeer> {
    const { jars, jvm, folder } = this.#layout
    const { accessKey = '', secretKey = '' } = this.credentials?.superUser ?? {}
    const peer = startJavaPeer(program, {
      jvm: [
        '-Xmx128m',
        ...jvm,
        `-Duser.home=${folder}`,
        `-Drmq.logback.configurationFile=${logbackFile(folder, 'tools')}`,
        // Consumers share out the queues of a new topic soon; by default every 20 seconds.
        '-Drocketmq.client.rebalance.waitInterval=2000',
      ],
      jars,
      args: [this.nameServerList],
      env: { ...process.env, ROCKETMQ_ACCESS_KEY: accessKey, ROCKETMQ_SECRET_KEY: secretKey },
      folder,
    })
    this.#peers.push(peer)
    return peer
  }

  async stop(): Promise<void> {
    const peers = await Promise.allSettled(this.#peers)
    await Promise.all(peers.map((peer) => (peer.status === 'fulfilled' ? peer.value.stop() : undefined)))
    const { jars, folder } = this.#layout
    await keepClassData(jars, NAME_SERVER, this.nameServers[0]?.pid ?? null)
    await keepClassData(jars, BROKER, this.brokers[0]?.pid ?? null)
    await removeAll(folder, [...this.nameServers, ...this.brokers])
    this.#releaseFolder()
  }
}

/** `name:id` of the brokers that this NameServer lists; null when it does not answer. */
async function listedBrokers(address: string, ca: string | null): Promise<string[] | null> {
  const body = await askOnce(address, GET_BROKER_CLUSTER_INFO, ca, null)
  if (body === null) return null
  const table = new Map(fastjsonEntries(parseFastjson(body))).get('brokerAddrTable')
  return (fastjsonEntries(table) ?? []).flatMap(([name, broker]) => {
    const members = new Map(fastjsonEntries(broker)).get('brokerAddrs')
    return (fastjsonEntries(members) ?? []).map(([id]) => `${name}:${id}`)
  })
}

/** The answer's body; null when there is none, or an error. */
async function askOnce(
  address: string,
  code: number,
  ca: string | null,
  credentials: RocketmqCredentials | null,
): Promise<Buffer | null> {
  const client = new RemotingClient({
    credentials,
    tls: { enabled: ca !== null, ca, cert: null, key: null, rejectUnauthorized: true },
    addressMap: {},
    connectDeadlineMs: 5 * SECOND_MS,
    requestDeadlineMs: 5 * SECOND_MS,
    maxInFlightPerAddress: 1,
  })
  try {
    const reply = await client.request(address, { code })
    return reply.code === SUCCESS ? reply.body : null
  } catch {
    // It does not answer yet, or no longer; the caller has the deadline.
    return null
  } finally {
    await client.close()
  }
}
