/** The configuration files of RocketMQ test servers: small files, small pools, quick reactions. */

export interface BrokerPlace {
  clusterName: string
  name: string
  /** 0 = master; its slaves have the same name. */
  id: number
  nameServers: readonly string[]
  port: number
  haPort: number
  storeFolder: string
}

export function nameServerConfig(port: number, folder: string): Record<string, string> {
  return {
    listenPort: String(port),
    bindAddress: '127.0.0.1',
    kvConfigPath: `${folder}/kvConfig.json`,
    configStorePath: `${folder}/namesrv.properties`,
  }
}

/** A controller inside a NameServer, alone in its group. */
export function controllerConfig(controllerPort: number, folder: string): Record<string, string> {
  return {
    enableControllerInNamesrv: 'true',
    controllerDLegerGroup: 'controllers',
    controllerDLegerPeers: `n0-127.0.0.1:${controllerPort}`,
    controllerDLegerSelfId: 'n0',
    controllerStorePath: `${folder}/controller`,
  }
}

/** Overrides the role and the id: the controller gives both. */
export function controlledConfig(controllerPort: number): Record<string, string> {
  return {
    enableControllerMode: 'true',
    controllerAddr: `127.0.0.1:${controllerPort}`,
    allAckInSyncStateSet: 'true',
    brokerId: '-1',
    brokerRole: 'SLAVE',
  }
}

export function brokerConfig(place: BrokerPlace): Record<string, string> {
  return {
    brokerClusterName: place.clusterName,
    brokerName: place.name,
    brokerId: String(place.id),
    namesrvAddr: place.nameServers.join(';'),
    listenPort: String(place.port),
    haListenPort: String(place.haPort),
    brokerIP1: '127.0.0.1',
    brokerIP2: '127.0.0.1',
    bindAddress: '127.0.0.1',
    brokerRole: place.id === 0 ? 'SYNC_MASTER' : 'SLAVE',
    // A master that promises: flushed here and, by 5.x, copied to a slave before it answers.
    flushDiskType: 'SYNC_FLUSH',
    inSyncReplicas: '2',
    ...SMALL_STORE,
    ...QUIET,
    storePathRootDir: place.storeFolder,
    storePathCommitLog: `${place.storeFolder}/commitlog`,
    // The shortest that a broker takes.
    registerNameServerPeriod: '10000',
  }
}

const SMALL_STORE = {
  mappedFileSizeCommitLog: String(16 * 1024 * 1024),
  // A multiple of the 20 bytes of an entry.
  mappedFileSizeConsumeQueue: '600000',
  mappedFileSizeTimerLog: String(1024 * 1024),
  maxHashSlotNum: '10000',
  maxIndexNum: '40000',
  // Must fit into one file of the commit log.
  maxMessageSize: String(1024 * 1024),
  diskMaxUsedSpaceRatio: '95',
}

/** What a 5.x broker would burn a processor for. */
const QUIET = {
  // Until the first of these is over, a thread spins: ten seconds at each start.
  transactionMetricFlushInterval: '500',
  // Each time a checksum over the whole wheel, a sixth of a second long.
  timerFlushIntervalMs: '30000',
}

/**
 * Warnings, and what the store says of connected slaves. For 4.x this file must stand in the home folder, or the
 * servers refuse to start; 5.x finds it by a system property.
 */
export const SERVER_LOGBACK = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} %p %c - %m%n</pattern></encoder>
  </appender>
  <logger name="RocketmqStore" level="INFO"/>
  <root level="WARN"><appender-ref ref="out"/></root>
</configuration>
`

/** Tools print their answers to the same output that a log would go to. */
export const TOOLS_LOGBACK = '<configuration><root level="OFF"/></configuration>\n'
