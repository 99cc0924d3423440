/** Doing by a button what a finding's runbook says: settings of a topic, shown first, changed only if they are still what was shown. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { MessageAccessError } from '../../cluster/messages.ts'
import type { TopicSetting, TopicSettingsAccess } from '../../cluster/topic-settings.ts'
import type { ObservedTopic } from '../../durability/observation.ts'
import { planRepair, type RepairPlan, repairOf, type SettingRepair } from '../../durability/runbooks/repairs.ts'
import { restoreCommands, settingsToRestore } from '../../durability/runbooks/restore-settings.ts'

import { HoldfastError } from '../../errors.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { SECOND_MS } from '../../units.ts'
import { addressOf } from '../address-of.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import { toClusterFault } from '../messages/cluster-messages.ts'
import type { RepairBody, RepairDoneAnswer, RepairPreviewAnswer } from '../schemas/repairs.ts'
import { seenSettings } from '../seen-settings.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

export interface RepairPlace {
  cluster: string
  topic: string
}

/** Browsers wait twenty seconds: reading what is there now, and the change, fit into them. */
const READ_MS = 4 * SECOND_MS
const ACT_MS = 12 * SECOND_MS

/** What is to be mended, as the newest poll saw it. */
interface Trouble {
  config: ClusterConfig
  topic: ObservedTopic
  repairs: SettingRepair[]
}

/** From what is stored; no broker is asked. @throws HoldfastError `cluster_not_found`, `topic_not_found`, `repair_unknown` */
export async function previewRepair(
  services: ApiServices,
  place: RepairPlace,
  code: string,
  locale: Locale,
): Promise<RepairPreviewAnswer> {
  const trouble = await findTrouble(services, place, code)
  const { topic, repairs } = trouble
  const plan = planRepair(repairs, seenSettings({ topic, brokers: [] }, namesOf(repairs)), topic)
  const summary = await services.snapshots.summary(place.cluster)
  const refusal = refusalOf(trouble, plan)
  const words = (error: HoldfastError, part: string): string =>
    translate(locale, 'errors', `${error.code}.${part}`, error.facts)
  return {
    ...{ code, settings: plan.settings, undo: undoOf(trouble, plan) },
    refusal: refusal && { code: refusal.code, message: words(refusal, 'detail'), fix: words(refusal, 'fix') },
    asOf: toIsoOrNull(summary?.lastPollAtMs ?? null),
  }
}

/**
 * Changes what was shown, all of it or nothing.
 *
 * @param begin is done before the change, with what it will be
 * @throws HoldfastError as `previewRepair`, `cluster_read_only`, `repair_conflict`, `repair_not_needed`,
 *   `repair_stops_writes`, `cluster_fault`
 */
export async function startRepair(
  services: ApiServices,
  place: RepairPlace,
  { code, expected }: Pick<RepairBody, 'code' | 'expected'>,
  begin: (settings: RepairDoneAnswer['settings']) => Promise<void>,
): Promise<RepairDoneAnswer> {
  const trouble = await findTrouble(services, place, code)
  const { config, topic, repairs } = trouble
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: config.id })
  return withSettings(services, trouble, async (settings) => {
    const { settings: now } = await settings.read(topic.name, namesOf(repairs), AbortSignal.timeout(READ_MS))
    refuseChanged(trouble, now, expected)
    const plan = planRepair(repairs, now, topic)
    const refusal = refusalOf(trouble, plan)
    if (refusal !== null) throw refusal
    await begin(plan.settings)
    const changes = plan.settings.map(({ name, after }) => ({ name, override: after }))
    await settings.change(topic.name, changes, AbortSignal.timeout(ACT_MS))
    return { code, settings: plan.settings, undo: undoOf(trouble, plan) }
  })
}

async function findTrouble(services: ApiServices, place: RepairPlace, code: string): Promise<Trouble> {
  const { config } = await getClusterOrThrow(services, place.cluster)
  const topic = await services.snapshots.topic(place.cluster, place.topic)
  if (topic === null) throw new HoldfastError('topic_not_found', { ...place })
  const findings = (await services.snapshots.findings(place.cluster)) ?? []
  const finding = findings.find(
    ({ code: found, subject }) => found === code && subject.type === 'topic' && subject.name === place.topic,
  )
  const repairs = finding === undefined || config.kind !== 'kafka' ? [] : repairOf(finding)
  if (finding === undefined || repairs.length === 0) throw new HoldfastError('repair_unknown', { ...place, code })
  return { config, topic, repairs }
}

const namesOf = (repairs: readonly SettingRepair[]): string[] => repairs.map(({ name }) => name)

/** Somebody approved a change from what was shown, and not from what is there now. */
function refuseChanged(trouble: Trouble, now: readonly TopicSetting[], expected: RepairBody['expected']): void {
  const before = new Map(expected.map((setting) => [setting.name, setting.before]))
  const changed = now.filter(({ name, override }) => !before.has(name) || before.get(name) !== override)
  if (changed.length === 0) return
  const settings = changed.map(({ name, override }) => `${name}=${override ?? ''}`).join(', ')
  throw new HoldfastError('repair_conflict', { topic: trouble.topic.name, settings })
}

function refusalOf({ topic }: Trouble, { refusal, stoppedPartitions }: RepairPlan): HoldfastError | null {
  return refusal && new HoldfastError(refusal, { topic: topic.name, partitions: stoppedPartitions })
}

function undoOf({ config, topic }: Trouble, { settings }: RepairPlan): string[] {
  return restoreCommands(addressOf(config), topic.name, settingsToRestore(settings))
}

async function withSettings<T>(
  services: ApiServices,
  { config, topic }: Trouble,
  work: (settings: TopicSettingsAccess) => Promise<T>,
): Promise<T> {
  const settings = services.createTopicSettings(config)
  try {
    return await work(settings)
  } catch (error) {
    if (!(error instanceof MessageAccessError)) throw error
    const place = { cluster: config.id, topic: topic.name }
    if (error.fault.code === 'topicDeleted') throw new HoldfastError('topic_not_found', place, { cause: error })
    throw toClusterFault(error, config)
  } finally {
    await settings.close()
  }
}
