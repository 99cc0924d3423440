/** Doing by a button what a finding's runbook says: settings, shown first, changed only if they are still what was shown. */
import { MessageAccessError } from '../../cluster/messages.ts'
import type { TopicSetting, TopicSettingsAccess } from '../../cluster/topic-settings.ts'
import type { RepairPlan } from '../../durability/runbooks/repairs.ts'

import { HoldfastError } from '../../errors.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { SECOND_MS } from '../../units.ts'
import { toClusterFault } from '../messages/cluster-messages.ts'
import type { RepairBody, RepairDoneAnswer, RepairPreviewAnswer } from '../schemas/repairs.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { findTrouble, type RepairPlace, type Trouble } from './repair-trouble.ts'

/** Browsers wait twenty seconds: reading what is there now, and the change, fit into them. */
const READ_MS = 4 * SECOND_MS
const ACT_MS = 12 * SECOND_MS

/**
 * From what is stored. What only each broker tells of itself is asked for.
 * @throws HoldfastError `cluster_not_found`, `topic_not_found`, `group_not_found`, `repair_unknown`, `cluster_fault`
 */
export async function previewRepair(
  services: ApiServices,
  place: RepairPlace,
  code: string,
  locale: Locale,
): Promise<RepairPreviewAnswer> {
  const trouble = await findTrouble(services, place, code)
  const summary = await services.snapshots.summary(place.cluster)
  const asOf = trouble.seen === null ? toIso(services.now()) : toIsoOrNull(summary?.lastPollAtMs ?? null)
  const known = trouble.seen ?? (await withSettings(services, trouble, (settings) => read(settings, trouble)))
  const plan = trouble.plan(known)
  const refusal = refusalOf(trouble, plan)
  const words = (error: HoldfastError, part: string): string =>
    translate(locale, 'errors', `${error.code}.${part}`, error.facts)
  return {
    ...{ code, settings: plan.settings, undo: trouble.undo(plan.settings), asOf },
    refusal: refusal && { code: refusal.code, message: words(refusal, 'detail'), fix: words(refusal, 'fix') },
  }
}

/**
 * Changes what was shown: on Kafka all of it or nothing, on RocketMQ each broker for itself.
 *
 * @param begin is done before the change, with what it will be
 * @throws HoldfastError as `previewRepair`, `cluster_read_only`, `repair_conflict`, `repair_not_needed`,
 *   `repair_stops_writes`
 */
export async function startRepair(
  services: ApiServices,
  place: RepairPlace,
  { code, expected }: Pick<RepairBody, 'code' | 'expected'>,
  begin: (settings: RepairDoneAnswer['settings']) => Promise<void>,
): Promise<RepairDoneAnswer> {
  const trouble = await findTrouble(services, place, code)
  const { config, name: subject } = trouble
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: config.id })
  return withSettings(services, trouble, async (settings) => {
    const now = await read(settings, trouble)
    const plan = trouble.plan(now)
    refuseChanged(trouble, now, plan, expected)
    const refusal = refusalOf(trouble, plan)
    if (refusal !== null) throw refusal
    await begin(plan.settings)
    const changes = plan.settings.map(({ name, after }) => ({ name, override: after }))
    await settings.change(subject, changes, AbortSignal.timeout(ACT_MS))
    return { code, settings: plan.settings, undo: trouble.undo(plan.settings) }
  })
}

/** @throws MessageAccessError where one of the brokers does not answer */
async function read(settings: TopicSettingsAccess, { name, asked }: Trouble): Promise<TopicSetting[]> {
  const { settings: known, unanswered } = await settings.read(name, asked, AbortSignal.timeout(READ_MS))
  const [silent] = unanswered
  if (silent !== undefined) throw new MessageAccessError(silent.fault, true)
  return known
}

/** Somebody approved a change from what was shown, and not from what is there now. */
function refuseChanged(
  trouble: Trouble,
  now: readonly TopicSetting[],
  plan: RepairPlan,
  expected: RepairBody['expected'],
): void {
  const before = new Map(expected.map((setting) => [setting.name, setting.before]))
  const isMeant = new Set([...before.keys(), ...plan.settings.map(({ name }) => name)])
  const present = new Map(now.map(({ name, override }) => [name, override]))
  const changed = [...isMeant].filter(
    (name) => !present.has(name) || !before.has(name) || before.get(name) !== present.get(name),
  )
  if (changed.length === 0) return
  const settings = changed.map((name) => `${name}=${present.get(name) ?? ''}`).join(', ')
  throw new HoldfastError('repair_conflict', { topic: trouble.name, settings })
}

function refusalOf({ name }: Trouble, { refusal, stoppedPartitions }: RepairPlan): HoldfastError | null {
  return refusal && new HoldfastError(refusal, { topic: name, partitions: stoppedPartitions })
}

async function withSettings<T>(
  services: ApiServices,
  { config, name }: Trouble,
  work: (settings: TopicSettingsAccess) => Promise<T>,
): Promise<T> {
  const settings = services.createTopicSettings(config)
  try {
    return await work(settings)
  } catch (error) {
    if (!(error instanceof MessageAccessError)) throw error
    const place = { cluster: config.id, topic: name }
    if (error.fault.code === 'topicDeleted') throw new HoldfastError('topic_not_found', place, { cause: error })
    throw toClusterFault(error, config)
  } finally {
    await settings.close()
  }
}
