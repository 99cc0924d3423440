/** From what was read of a member to its row. Pure. */
import type { Fault } from '../cluster/fault.ts'
import { parseHostPort } from '../cluster/host-port.ts'
import type {
  RocketmqReplication,
  RocketmqSlaveCopy,
  RocketmqSyncStateSet,
  RocketmqUndecided,
} from '../cluster/rocketmq-state.ts'
import type { BrokerRole, BrokerState, LogDirState } from '../cluster/snapshot.ts'
import type { Member } from './broker-members.ts'
import type { BrokerConfig, BrokerSettings } from './config-mapping.ts'
import type { RuntimeTable, SyncStateOfBroker } from './rocketmq-requests.ts'
import { delayLevelsOf, runtimeOf, versionOf, volumeBytesOf } from './runtime-table.ts'

export interface BrokerSources {
  fault: Fault | null
  runtime: RuntimeTable | null
  config: BrokerConfig | null
  replication: RocketmqReplication | null
  halfMessages: bigint | null
  undecided: RocketmqUndecided | null
  givenUpHalfMessages: bigint | null
  slaveCopy: RocketmqSlaveCopy | null
  syncStateSet: RocketmqSyncStateSet | null
}

export function toBroker(member: Member, sources: BrokerSources): BrokerState {
  const { fault, runtime, config } = sources
  const { host, port } = parseHostPort(member.address) ?? { host: member.address, port: 0 }
  const settings = config?.settings ?? null
  return {
    ...{ id: member.id, host, port, rack: null, isController: false, fault },
    role: roleOf(member, settings),
    version: runtime && versionOf(runtime),
    online: fault === null ? true : null,
    logDirs: runtime && logDirsOf(runtime, settings, sources.replication),
    config: config?.entries ?? null,
    rocketmq: {
      ...{ brokerName: member.brokerName, brokerNumber: member.number, clusterName: member.clusterName },
      flushDiskType: settings?.flushDiskType ?? null,
      minIsr: member.isMaster ? (settings?.minIsr ?? null) : null,
      retentionMs: settings?.retentionMs ?? null,
      diskMarks: settings?.diskMarks ?? null,
      permission: settings?.permission ?? null,
      replication: sources.replication,
      runtime: runtime && runtimeOf(runtime),
      halfMessages: sources.halfMessages,
      undecided: sources.undecided,
      givenUpHalfMessages: sources.givenUpHalfMessages,
      delayLevels: runtime && delayLevelsOf(runtime),
      slaveCopy: sources.slaveCopy,
      syncStateSet: sources.syncStateSet,
    },
  }
}

/** The route tells who is master, the settings of which sort; a master of unknown sort is taken for the weaker one. */
function roleOf({ isMaster }: Member, settings: BrokerSettings | null): BrokerRole {
  if (!isMaster) return 'SLAVE'
  return settings?.role === 'SYNC_MASTER' ? 'SYNC_MASTER' : 'ASYNC_MASTER'
}

/**
 * The two folders whose volumes a broker watches. It tells their use exactly, and the size of one volume, rounded to a
 * tenth of its unit; both are usually on that one.
 */
function logDirsOf(
  runtime: RuntimeTable,
  settings: BrokerSettings | null,
  replication: RocketmqReplication | null,
): LogDirState[] {
  const { commitLogDiskRatio, consumeQueueDiskRatio } = runtimeOf(runtime)
  const { commitLogMaxOffset: end, commitLogMinOffset: start } = replication ?? NO_LOG
  const logBytes = end === null || start === null ? null : end - start
  const log = logDir(settings?.commitLogPath ?? 'commitlog', commitLogDiskRatio, volumeBytesOf(runtime), logBytes)
  const queues = logDir(settings?.consumeQueuePath ?? 'consumequeue', consumeQueueDiskRatio, null, null)
  return [log, queues]
}

const NO_LOG = { commitLogMaxOffset: null, commitLogMinOffset: null }

function logDir(
  path: string,
  usedRatio: number | null,
  totalBytes: bigint | null,
  logBytes: bigint | null,
): LogDirState {
  const usableBytes =
    totalBytes === null || usedRatio === null ? null : BigInt(Math.round(Number(totalBytes) * (1 - usedRatio)))
  return { path, volume: null, totalBytes, usableBytes, usedRatio, logBytes, error: null }
}

export function toSyncStateSet(
  state: SyncStateOfBroker | undefined,
  leader: string | null,
): RocketmqSyncStateSet | null {
  if (state === undefined) return null
  const numbers = (members: SyncStateOfBroker['inSync']) => members.map(({ number }) => number).sort((a, b) => a - b)
  return {
    controllerLeader: leader,
    master: state.masterNumber,
    masterEpoch: state.masterEpoch,
    epoch: state.epoch,
    inSync: numbers(state.inSync),
    notInSync: numbers(state.notInSync),
  }
}
