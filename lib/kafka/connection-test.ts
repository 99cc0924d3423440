/** Tries a configuration step by step, so that the first thing that is wrong is the one that is shown. */
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import type { ConnectionStep } from '../cluster/cluster-driver.ts'
import { type Fault, type FaultCode, fault } from '../cluster/fault.ts'
import { KafkaClient } from './kafka-client.ts'
import type { Deadlines } from './kafka-config.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import {
  DESCRIBE_CONFIGS,
  DESCRIBE_LOG_DIRS,
  DESCRIBE_QUORUM,
  LIST_GROUPS,
  LIST_PARTITION_REASSIGNMENTS,
} from './kafka-requests.ts'
import type { MetadataAnswer } from './metadata-request.ts'

type StepName = ConnectionStep['name']

/** Faults of the very first request, by the step they belong to; any other is the metadata's own. */
const CONNECT_FAULTS: readonly FaultCode[] = [
  'hostNotFound',
  'connectionRefused',
  'connectTimeout',
  'connectionClosed',
  'requestTimeout',
]
const AUTHENTICATE_FAULTS: readonly FaultCode[] = [
  'authenticationFailed',
  'saslMechanismUnsupported',
  'saslExpectedByBroker',
  'saslNotExpectedByBroker',
  'tokenEndpointFailed',
]
const BROKER_RESOURCE = 4
const REASSIGNMENT_DEADLINE_MS = 5_000

export async function testConnection(
  config: KafkaClusterConfig,
  deadlines: Deadlines,
  signal: AbortSignal,
): Promise<ConnectionStep[]> {
  const client = new KafkaClient(config, deadlines)
  try {
    client.begin(signal)
    return await runSteps(client, config)
  } finally {
    await client.close()
  }
}

async function runSteps(client: KafkaClient, config: KafkaClusterConfig): Promise<ConnectionStep[]> {
  if (client.bootstrap.length < config.bootstrapServers.length || client.bootstrap.length === 0) {
    return [failed('configuration', fault('configurationInvalid', { detail: 'bootstrapServers' }))]
  }
  const steps: ConnectionStep[] = [passed('configuration')]
  const answer = await client.metadata()
  steps.push(...openingSteps(config, answer.fault))
  if (answer.fault) return steps
  const unreachable = await firstUnreachable(client, answer.value)
  steps.push(unreachable ? failed('reachBrokers', unreachable) : passed('reachBrokers'))
  if (unreachable) return steps
  const refused = await firstRefused(client, answer.value)
  return [...steps, refused ? failed('permissions', refused) : passed('permissions')]
}

/** The steps up to the metadata, all of which one request goes through; ends with the one that failed. */
function openingSteps(config: Pick<KafkaClusterConfig, 'tls' | 'sasl'>, reason: Fault | null): ConnectionStep[] {
  const failing = reason && stepOf(reason.code)
  const steps: ConnectionStep[] = []
  const names: StepName[] = ['connect', 'tls', 'authenticate', 'metadata']
  for (const name of names) {
    if (reason && name === failing) return [...steps, failed(name, reason)]
    const isUsed = name === 'tls' ? config.tls.enabled : name === 'authenticate' ? config.sasl !== null : true
    if (isUsed) steps.push(passed(name))
  }
  return steps
}

function stepOf(code: FaultCode): StepName {
  if (CONNECT_FAULTS.includes(code)) return 'connect'
  if (code.startsWith('tls')) return 'tls'
  return AUTHENTICATE_FAULTS.includes(code) ? 'authenticate' : 'metadata'
}

async function firstUnreachable(client: KafkaClient, { brokers }: MetadataAnswer): Promise<Fault | null> {
  if (brokers.length === 0) return fault('noBrokers')
  client.setBrokers(brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })))
  const reached = await Promise.all(brokers.map(({ nodeId }) => client.reach(nodeId)))
  return reached.find((outcome) => outcome.fault !== null)?.fault ?? null
}

/** The first of the polling requests that the broker refuses us. What an old broker lacks is no matter of permission. */
async function firstRefused(client: KafkaClient, { brokers }: MetadataAnswer): Promise<Fault | null> {
  const id = brokers[0]?.nodeId ?? -1
  const resource = { resourceType: BROKER_RESOURCE, resourceName: String(id), configurationKeys: null } as const
  const quorumLog = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  const [groups, dirs, quorum, moves, configs] = await Promise.all([
    client.call(id, LIST_GROUPS, [], []),
    client.call(id, DESCRIBE_LOG_DIRS, []),
    client.callApart(id, DESCRIBE_QUORUM, quorumLog),
    client.callApart(id, LIST_PARTITION_REASSIGNMENTS, REASSIGNMENT_DEADLINE_MS, null),
    client.call(id, DESCRIBE_CONFIGS, [resource], false, false),
  ])
  const noDirs = dirs.value?.results.length === 0 ? fault('authorizationFailed', { api: DESCRIBE_LOG_DIRS.name }) : null
  const configCode = configs.value?.results[0]?.errorCode ?? 0
  const faults = [
    groups.fault,
    dirs.fault,
    noDirs,
    quorum.fault,
    moves.fault,
    configs.fault,
    faultOfErrorCode(configCode, { api: DESCRIBE_CONFIGS.name }),
  ]
  return faults.find((reason) => reason?.code === 'authorizationFailed') ?? null
}

function passed(name: StepName): ConnectionStep {
  return { name, ok: true, fault: null }
}

function failed(name: StepName, reason: Fault): ConnectionStep {
  return { name, ok: false, fault: reason }
}
