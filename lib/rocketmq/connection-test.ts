/** Tries a configuration step by step, so that the first thing that is wrong is the one that is shown. */
import type { RocketmqClusterConfig } from '../cluster/cluster-config.ts'
import type { ConnectionStep } from '../cluster/cluster-driver.ts'
import { type Fault, type FaultCode, fault } from '../cluster/fault.ts'
import { parseHostPort } from '../cluster/host-port.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { type Deadlines, RocketmqClient } from './rocketmq-client.ts'
import { isOfServer } from './rocketmq-fault.ts'
import {
  CLUSTER_INFO,
  CONSUMER_OFFSETS,
  GROUP_CONFIGS,
  type RouteBroker,
  RUNTIME_INFO,
  TOPIC_CONFIGS,
} from './rocketmq-requests.ts'

type StepName = ConnectionStep['name']

/** Faults of the very first question, by the step they belong to; any other is the metadata's own. */
const CONNECT_FAULTS: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'hostNotFound',
  'connectionRefused',
  'connectTimeout',
  'connectionClosed',
  'requestTimeout',
])

export async function testConnection(
  config: RocketmqClusterConfig,
  deadlines: Deadlines,
  signal: AbortSignal,
): Promise<ConnectionStep[]> {
  const client = new RocketmqClient(config, deadlines)
  try {
    client.begin(signal)
    return await runSteps(client, config)
  } finally {
    await client.close()
  }
}

async function runSteps(client: RocketmqClient, config: RocketmqClusterConfig): Promise<ConnectionStep[]> {
  const { nameServers, tls, acl } = config
  if (nameServers.length === 0 || nameServers.some((address) => parseHostPort(address) === null)) {
    return [failed('configuration', fault('configurationInvalid', { detail: 'nameServers' }))]
  }
  const steps: ConnectionStep[] = [passed('configuration')]
  const answers = await Promise.all(nameServers.map((address) => client.call(address, CLUSTER_INFO)))
  const lists = answers.flatMap(({ value }) => (value === null ? [] : [value]))
  steps.push(...openingSteps(tls.enabled, lists.length > 0 ? null : firstFault(answers)))
  if (lists.length === 0) return steps
  const addresses = addressesOf(lists)
  // Only brokers know accounts: the sign-in is tried with the first thing that is asked of each.
  const faults = await Promise.all(addresses.map(async (address) => (await client.call(address, RUNTIME_INFO)).fault))
  const reason =
    addresses.length === 0 ? fault('noBrokers') : (faults.find((found) => found !== null && isOfServer(found)) ?? null)
  steps.push(...brokerSteps(acl !== null, reason))
  if (reason) return steps
  const refused = await firstRefused(client, addresses)
  return [...steps, refused ? failed('permissions', refused) : passed('permissions')]
}

function openingSteps(usesTls: boolean, reason: Fault | null): ConnectionStep[] {
  const failing = reason && stepOf(reason.code)
  const steps: ConnectionStep[] = []
  for (const name of ['connect', 'tls', 'metadata'] satisfies StepName[]) {
    if (reason && name === failing) return [...steps, failed(name, reason)]
    if (name !== 'tls' || usesTls) steps.push(passed(name))
  }
  return steps
}

function stepOf(code: FaultCode): StepName {
  if (CONNECT_FAULTS.has(code)) return 'connect'
  return code.startsWith('tls') ? 'tls' : 'metadata'
}

function brokerSteps(hasAccount: boolean, reason: Fault | null): ConnectionStep[] {
  if (reason === null) return [passed('reachBrokers'), ...(hasAccount ? [passed('authenticate')] : [])]
  if (reason.code === 'authenticationFailed') return [passed('reachBrokers'), failed('authenticate', reason)]
  return [failed('reachBrokers', reason)]
}

function addressesOf(lists: readonly RouteBroker[][]): string[] {
  return [...new Set(lists.flat().flatMap(({ addresses }) => addresses.map(([, address]) => address)))]
}

function firstFault(answers: readonly Outcome<unknown>[]): Fault | null {
  return answers.find(({ fault: reason }) => reason !== null)?.fault ?? null
}

/** The first of the polling questions that a broker refuses us. What an old broker lacks is no matter of permission. */
async function firstRefused(client: RocketmqClient, addresses: readonly string[]): Promise<Fault | null> {
  const answers = await Promise.all(
    addresses.flatMap((address): Promise<Outcome<unknown>>[] => [
      client.call(address, TOPIC_CONFIGS),
      client.call(address, GROUP_CONFIGS),
      client.call(address, CONSUMER_OFFSETS),
    ]),
  )
  return answers.find(({ fault: reason }) => reason?.code === 'authorizationFailed')?.fault ?? null
}

function passed(name: StepName): ConnectionStep {
  return { name, ok: true, fault: null }
}

function failed(name: StepName, reason: Fault): ConnectionStep {
  return { name, ok: false, fault: reason }
}
