/** What is to be mended, as the newest poll saw it, and what has to be known of it on each system. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { nameOfSetting, placeOfSetting } from '../../cluster/setting-names.ts'
import type { SubjectRef } from '../../cluster/snapshot.ts'
import type { TopicSetting } from '../../cluster/topic-settings.ts'
import type { Finding, ObservedBroker, ObservedTopic } from '../../durability/observation.ts'
import { brokerNameOf, isMaster } from '../../durability/rules/rocketmq-members.ts'
import {
  brokerRepairs,
  type PlannedSetting,
  planRepair,
  type RepairPlan,
  repairOf,
} from '../../durability/runbooks/repairs.ts'
import { restoreCommands, settingsToRestore } from '../../durability/runbooks/restore-settings.ts'
import { undoOnBroker } from '../../durability/runbooks/rocketmq-steps.ts'
import { HoldfastError } from '../../errors.ts'
import { addressOf } from '../address-of.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import { seenSettings } from '../seen-settings.ts'
import type { ApiServices } from '../services.ts'

export interface RepairPlace {
  cluster: string
  subject: SubjectRef & { type: 'topic' | 'group' }
}

export interface Trouble {
  config: ClusterConfig
  /** Of the topic or group. */
  name: string
  /** What has to be known before it is mended. */
  asked: string[]
  /** What the newest poll saw of that; null: only the brokers tell, each of itself. */
  seen: TopicSetting[] | null
  plan(known: readonly TopicSetting[]): RepairPlan
  /** Commands that bring back what these were before. */
  undo(settings: readonly PlannedSetting[]): string[]
}

/** @throws HoldfastError `cluster_not_found`, `topic_not_found`, `group_not_found`, `repair_unknown` */
export async function findTrouble(services: ApiServices, place: RepairPlace, code: string): Promise<Trouble> {
  const { cluster, subject } = place
  const { config } = await getClusterOrThrow(services, cluster)
  const topic = subject.type === 'topic' ? await services.snapshots.topic(cluster, subject.name) : null
  const group = subject.type === 'group' ? await services.snapshots.group(cluster, subject.name) : null
  if (topic === null && group === null) {
    throw new HoldfastError(`${subject.type}_not_found`, { cluster, [subject.type]: subject.name })
  }
  const findings = (await services.snapshots.findings(cluster)) ?? []
  const finding = findings.find(
    (one) => one.code === code && one.subject.type === subject.type && one.subject.name === subject.name,
  )
  if (finding === undefined || repairOf(config.kind, finding).length === 0) {
    throw new HoldfastError('repair_unknown', { cluster, topic: subject.name, code })
  }
  if (config.kind === 'kafka' && topic !== null) return ofKafkaTopic(config, topic, finding)
  return onBrokers(config, finding, topic, (await services.snapshots.brokers(cluster)) ?? [])
}

function ofKafkaTopic(config: ClusterConfig, topic: ObservedTopic, finding: Finding): Trouble {
  const repairs = repairOf('kafka', finding)
  const asked = repairs.map(({ name }) => name)
  return {
    ...{ config, name: topic.name, asked, seen: seenSettings({ topic, brokers: [] }, asked) },
    plan: (known) => planRepair(repairs, known, topic),
    undo: (settings) => restoreCommands(addressOf(config), topic.name, settingsToRestore(settings)),
  }
}

/** What masters keep, slaves copy. One that is away is mended when it is back, and is found again. */
function onBrokers(
  config: ClusterConfig,
  finding: Finding,
  topic: ObservedTopic | null,
  brokers: readonly ObservedBroker[],
): Trouble {
  const names = topic === null ? null : new Set(topic.rocketmq?.brokers.map(({ broker }) => broker))
  const masters = brokers.filter(
    (broker) => isMaster(broker) && broker.online !== false && names?.has(brokerNameOf(broker)) !== false,
  )
  const settings = repairOf('rocketmq', finding).map(({ name }) => name)
  const addresses = new Map(masters.map(({ id, host, port }) => [id, `${host}:${port}`]))
  return {
    ...{ config, name: finding.subject.name, seen: null },
    asked: masters.flatMap(({ id }) => settings.map((setting) => nameOfSetting({ broker: id, setting }))),
    plan: (known) => planRepair(brokerRepairs(finding, known), known, { partitions: [] }),
    undo: (planned) =>
      planned.flatMap(({ name, before }) => {
        const { broker, setting } = placeOfSetting(name)
        const target = { address: addressOf(config), finding }
        return before === null ? [] : [undoOnBroker(target, addresses.get(broker ?? '') ?? '', setting, before)]
      }),
  }
}
