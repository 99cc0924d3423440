/** Holding a topic's retention and releasing it: done at once where the cluster answers, and by the worker where it does not. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { fault } from '../../cluster/fault.ts'
import { MessageAccessError } from '../../cluster/messages.ts'
import type { TopicSettingsAccess, TopicSettingsRead } from '../../cluster/topic-settings.ts'
import type { ObservedTopic } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import { isOpen, LONGEST_HOLD_MS } from '../../holds/hold.ts'
import { handCommands } from '../../holds/hold-commands.ts'
import { advanceHold, CLAIM_MS } from '../../holds/hold-keeper.ts'
import type { StoredHold } from '../../holds/hold-store.ts'
import { askedSettings, type PlannedTopic, planHold } from '../../holds/plan-hold.ts'
import type { Locale } from '../../i18n/locale.ts'
import { SECOND_MS } from '../../units.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import { toClusterFault } from '../messages/cluster-messages.ts'
import type { HoldAnswer, TopicHoldAnswer } from '../schemas/holds.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { brokerHeldRefusal, refusalError } from './hold-refusal.ts'
import { handPlace, type PolledTopic, plannedTopic, toHoldAnswer, toPreviewAnswer } from './hold-serializers.ts'

export interface TopicPlace {
  cluster: string
  topic: string
}

/** Browsers wait twenty seconds: reading what is there now, and one attempt, fit into them. */
const READ_MS = 4 * SECOND_MS
const ACT_MS = 12 * SECOND_MS

/** From what is stored; no broker is asked. @throws HoldfastError `cluster_not_found`, `topic_not_found` */
export async function getHold(services: ApiServices, place: TopicPlace, locale: Locale): Promise<TopicHoldAnswer> {
  const { config } = await getClusterOrThrow(services, place.cluster)
  const { topic, polled } = await getTopicOrThrow(services, place, config)
  const [hold, brokers, holds] = await Promise.all([
    services.holds.store.newestOf(place.cluster, place.topic),
    services.snapshots.brokers(place.cluster),
    services.holds.store.unsettled(place.cluster),
  ])
  const sources = { topic, brokers: brokers ?? [], cluster: config, holds, atMs: polled.atMs ?? services.now() }
  return {
    hold: hold === null ? null : toHoldAnswer(hold, config, polled, locale),
    preview: toPreviewAnswer(sources, locale),
    asOf: toIsoOrNull(polled.atMs),
  }
}

export interface HoldInput {
  untilAtMs: number
  reason: string
}

/**
 * @returns `active`; or `planned` with its trouble where the cluster did not do it yet, and the worker goes on
 * @throws HoldfastError `cluster_not_found`, `cluster_read_only`, `topic_not_found`, `bad_request`, `cluster_fault`, `hold_…`
 */
export async function startHold(
  services: ApiServices,
  place: TopicPlace,
  { untilAtMs, reason }: HoldInput,
  actor: string,
  locale: Locale,
): Promise<HoldAnswer> {
  const { config } = await getClusterOrThrow(services, place.cluster)
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: place.cluster })
  const nowMs = services.now()
  if (untilAtMs <= nowMs || untilAtMs > nowMs + LONGEST_HOLD_MS) {
    throw new HoldfastError('bad_request', { path: 'body.untilAt', issue: 'holdEnd' })
  }
  const { topic, polled } = await getTopicOrThrow(services, place, config)
  const about = plannedTopic(topic, config)
  await refuseHeld(services, place, about, config)
  return withSettings(services, config, about, place, async (settings) => {
    const read = await readNow(settings, about, place, config)
    const plan = planHold(about, read.settings)
    if (plan.refusal !== null) throw refusalError({ code: plan.refusal }, place.topic, config)
    const atMs = services.now()
    const planned = await services.holds.store.create(
      {
        ...{ clusterId: place.cluster, topic: place.topic, topicId: read.topicId, settings: plan.settings },
        ...{ reason, untilAtMs, createdAtMs: atMs, createdBy: actor },
      },
      atMs + CLAIM_MS,
    )
    const now = await advance(services, planned, settings, config)
    if (now.state === 'failed' && now.fault !== null)
      throw toClusterFault(new MessageAccessError(now.fault, false), config)
    return answerOf(now, config, polled, locale)
  })
}

/** Also before the cluster is asked: what it says of a broker that is held is not what was there before. */
async function refuseHeld(
  { holds: { store } }: ApiServices,
  place: TopicPlace,
  about: PlannedTopic,
  config: ClusterConfig,
): Promise<void> {
  const known = await store.newestOf(place.cluster, place.topic)
  if (known !== null && isOpen(known.state)) throw new HoldfastError('hold_exists', { ...place })
  const refusal = brokerHeldRefusal(await store.unsettled(place.cluster), about)
  if (refusal !== null) throw refusalError(refusal, place.topic, config)
}

export interface ExtendInput {
  untilAtMs: number
  /** Null: that of the hold stays. */
  reason: string | null
}

/**
 * Moves the end of a hold that is set or about to be. Nothing of the cluster is changed, so that one write does it: whoever
 * is killed before it leaves the hold as it was.
 *
 * @throws HoldfastError `cluster_not_found`, `cluster_read_only`, `bad_request`, `hold_not_found`, `hold_busy`
 */
export async function extendHold(
  services: ApiServices,
  place: TopicPlace,
  { untilAtMs, reason }: ExtendInput,
  locale: Locale,
): Promise<{ before: StoredHold; answer: HoldAnswer }> {
  const { config } = await getClusterOrThrow(services, place.cluster)
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: place.cluster })
  const { holds, now } = services
  const known = await holds.store.newestOf(place.cluster, place.topic)
  if (known === null || !isOpen(known.state)) throw new HoldfastError('hold_not_found', { ...place })
  // At its end the worker may just have begun to give back what was there before.
  if (!canBeExtended(known, now())) throw new HoldfastError('hold_busy', { ...place })
  if (untilAtMs <= known.untilAtMs || untilAtMs > now() + LONGEST_HOLD_MS) {
    throw new HoldfastError('bad_request', { path: 'body.untilAt', issue: 'holdLater' })
  }
  const claimed = await holds.store.claim(known.id, now() + CLAIM_MS, now())
  if (claimed === null || !canBeExtended(claimed, now())) throw new HoldfastError('hold_busy', { ...place })
  const lookAtMs = claimed.state === 'active' ? untilAtMs : claimed.lookAtMs
  const change = { untilAtMs, lookAtMs, ...(reason === null ? {} : { reason }) }
  const extended = orBusy(await holds.store.change(claimed, change), claimed)
  return { before: known, answer: toHoldAnswer(extended, config, await polledOf(services, place, config), locale) }
}

function canBeExtended({ state, untilAtMs }: StoredHold, nowMs: number): boolean {
  return (state === 'planned' || state === 'active') && nowMs < untilAtMs
}

export interface ReleaseInput {
  /** Of a conflict, or where it cannot be given back: the topic keeps the settings that it has now. */
  keep: boolean
  actor: string
}

/**
 * Restores what was there before. A hold in a conflict is looked at again, or closed as it is.
 *
 * @returns `released`; or `releasing` with its trouble where the cluster did not do it yet, and the worker goes on
 * @throws HoldfastError `cluster_not_found`, `cluster_read_only`, `bad_request`, `hold_not_found`, `hold_conflict`, `hold_busy`
 */
export async function releaseHold(
  services: ApiServices,
  place: TopicPlace,
  { keep, actor }: ReleaseInput,
  locale: Locale,
): Promise<HoldAnswer> {
  const { config } = await getClusterOrThrow(services, place.cluster)
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: place.cluster })
  const { holds, now } = services
  const known = await holds.store.newestOf(place.cluster, place.topic)
  if (known === null || !canBeReleased(known)) throw new HoldfastError('hold_not_found', { ...place })
  if (keep && !canBeKept(known)) {
    throw new HoldfastError('bad_request', { path: 'query.keep', issue: 'keepOnlyConflict' })
  }
  const polled = await polledOf(services, place, config)
  const claimed = await holds.store.claim(known.id, now() + CLAIM_MS, now())
  if (claimed === null || !canBeReleased(claimed)) throw new HoldfastError('hold_busy', { ...place })
  if (keep && !canBeKept(claimed)) throw new HoldfastError('hold_busy', { ...place })
  if (keep) return answerOf(await close(services, claimed, actor), config, polled, locale)
  const about = { system: config.kind, internal: false, brokers: [] }
  return withSettings(services, config, about, place, async (settings) => {
    const wanted = await intend(services, claimed, actor)
    return answerOf(await advance(services, wanted, settings, config), config, polled, locale)
  })
}

function canBeReleased({ state }: StoredHold): boolean {
  return isOpen(state) || state === 'conflict'
}

/** A broker that is gone for good would keep it open for ever. */
function canBeKept({ state, fault }: StoredHold): boolean {
  return state === 'conflict' || (state === 'releasing' && fault !== null)
}

/** Of a topic that no poll sees any more as well. */
export async function polledOf(
  { snapshots }: ApiServices,
  { cluster, topic }: TopicPlace,
  { kind }: ClusterConfig,
): Promise<PolledTopic> {
  const [seen, summary, brokers] = await Promise.all([
    snapshots.topic(cluster, topic),
    snapshots.summary(cluster),
    kind === 'rocketmq' ? snapshots.brokers(cluster) : [],
  ])
  return { topic: seen, brokers: brokers ?? [], atMs: summary?.lastPollAtMs ?? null }
}

async function getTopicOrThrow(
  services: ApiServices,
  place: TopicPlace,
  config: ClusterConfig,
): Promise<{ topic: ObservedTopic; polled: PolledTopic }> {
  const polled = await polledOf(services, place, config)
  if (polled.topic === null) throw new HoldfastError('topic_not_found', { ...place })
  return { topic: polled.topic, polled }
}

async function withSettings<T>(
  services: ApiServices,
  config: ClusterConfig,
  about: PlannedTopic,
  { topic }: TopicPlace,
  work: (settings: TopicSettingsAccess) => Promise<T>,
): Promise<T> {
  const { refusal } = planHold(about, [])
  if (refusal !== null) throw refusalError({ code: refusal }, topic, config)
  const settings = services.createTopicSettings(config)
  try {
    return await work(settings)
  } finally {
    await settings.close()
  }
}

/** Of all brokers: a topic that one of them goes on deleting is not held. */
async function readNow(
  settings: TopicSettingsAccess,
  about: PlannedTopic,
  place: TopicPlace,
  config: ClusterConfig,
): Promise<TopicSettingsRead> {
  try {
    const asked = askedSettings(about)
    const read = await settings.read(place.topic, asked, AbortSignal.timeout(READ_MS))
    const reason = asked.length === 0 ? fault('noBrokers') : (read.unanswered[0]?.fault ?? null)
    if (reason !== null) throw new MessageAccessError(reason, true)
    return read
  } catch (error) {
    if (!(error instanceof MessageAccessError)) throw error
    if (error.fault.code === 'topicDeleted') throw new HoldfastError('topic_not_found', { ...place }, { cause: error })
    throw toClusterFault(error, config)
  }
}

/** What a person asked for is written down before the cluster is asked: the worker goes on with it, whatever happens here. */
async function intend({ holds, now }: ApiServices, claimed: StoredHold, actor: string): Promise<StoredHold> {
  if (claimed.state === 'conflict') return claimed
  const change = { state: 'releasing', releasedBy: actor, lookAtMs: now(), claimedUntilMs: now() + CLAIM_MS } as const
  return orBusy(await holds.store.change(claimed, change), claimed)
}

async function close({ holds }: ApiServices, claimed: StoredHold, actor: string): Promise<StoredHold> {
  const change = { state: 'released', outcome: 'kept', releasedBy: actor, fault: null, lookAtMs: null } as const
  return orBusy(await holds.store.change(claimed, change), claimed)
}

async function advance(
  services: ApiServices,
  hold: StoredHold,
  settings: TopicSettingsAccess,
  { readOnly }: ClusterConfig,
): Promise<StoredHold> {
  const options = { store: services.holds.store, now: services.now, auditOf: null }
  const now = await advanceHold(hold, { settings, readOnly }, options, AbortSignal.timeout(ACT_MS))
  if (now !== null && isOpen(now.state) && now.fault !== null) services.holds.wake()
  return orBusy(now, hold)
}

function orBusy(hold: StoredHold | null, { clusterId, topic }: StoredHold): StoredHold {
  if (hold === null) throw new HoldfastError('hold_busy', { cluster: clusterId, topic })
  return hold
}

/** @throws HoldfastError `hold_conflict`: the change that was asked for was not made, since somebody else made another */
function answerOf(hold: StoredHold, config: ClusterConfig, polled: PolledTopic, locale: Locale): HoldAnswer {
  if (hold.state !== 'conflict') return toHoldAnswer(hold, config, polled, locale)
  if (hold.fault !== null) throw toClusterFault(new MessageAccessError(hold.fault, true), config)
  const changed = hold.settings.flatMap(({ name, foundInstead }) => (foundInstead === null ? [] : [name]))
  throw new HoldfastError('hold_conflict', {
    ...{ cluster: config.id, topic: hold.topic, settings: changed.join(', ') },
    command: handCommands(handPlace(config, polled), hold).join(' && '),
  })
}
