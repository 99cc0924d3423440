import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { formatHostPort } from '../../cluster/host-port.ts'
import { placeOfSetting } from '../../cluster/setting-names.ts'
import type { ClusterKind } from '../../cluster/snapshot.ts'
import type { ObservedBroker, ObservedTopic } from '../../durability/observation.ts'
import { type SeenSettings, seenOverride } from '../../durability/seen-settings.ts'
import { type HandPlace, handCommands } from '../../holds/hold-commands.ts'
import { brokersOf, holdCost } from '../../holds/hold-cost.ts'
import type { StoredHold } from '../../holds/hold-store.ts'
import { askedSettings, type PlannedTopic, planHold } from '../../holds/plan-hold.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { MINUTE_MS } from '../../units.ts'
import { addressOf } from '../address-of.ts'
import { HOLD_WARNINGS, type HoldAnswer, type HoldPreviewAnswer, type HoldWarning } from '../schemas/holds.ts'
import { seenSettings } from '../seen-settings.ts'
import { round, toFaultAnswer, toIso, toIsoOrNull, toNumberOrNull } from '../serialize.ts'
import { brokerHeldRefusal, type PreviewRefusal, refusalError } from './hold-refusal.ts'

/** Settings are polled every five minutes, in turns where there are many topics. */
const SURELY_POLLED_MS = 10 * MINUTE_MS

/** What a topic is kept by, as the newest poll saw it. */
export interface PolledTopic extends SeenSettings {
  topic: ObservedTopic | null
  /** Where they may be what keeps a topic, and none where topics have settings of their own. */
  brokers: readonly ObservedBroker[]
  /** Null when there was no poll. */
  atMs: number | null
}

export const NEVER_POLLED: PolledTopic = { topic: null, brokers: [], atMs: null }

export function toHoldAnswer(
  hold: StoredHold,
  cluster: ClusterConfig,
  polled: PolledTopic,
  locale: Locale,
): HoldAnswer {
  const { id, state, reason, createdBy, releasedBy, outcome, fault, settings } = hold
  const words = (key: string): string => translate(locale, 'holds', key, {}, cluster.kind)
  return {
    ...{ id, state, reason, createdBy, releasedBy, settings },
    untilAt: toIso(hold.untilAtMs),
    createdAt: toIso(hold.createdAtMs),
    activeAt: toIsoOrNull(hold.activeAtMs),
    endedAt: toIsoOrNull(hold.endedAtMs),
    isInEffect: isInEffect(hold, polled),
    outcome: outcome === null ? null : { code: outcome, message: words(`outcomes.${outcome}`) },
    trouble: toFaultAnswer(fault, { locale, system: cluster.kind }),
    nextLookAt: toIsoOrNull(hold.lookAtMs),
    commands: handCommands(handPlace(cluster, polled), hold),
  }
}

export function handPlace(cluster: ClusterConfig, { brokers }: Pick<PolledTopic, 'brokers'>): HandPlace {
  const byId = new Map(brokers.map((broker) => [broker.id, formatHostPort(broker)]))
  return { address: addressOf(cluster), addressOf: (broker) => byId.get(broker) ?? null }
}

/** Somebody may set another retention while it holds; only at its end does the console ask the cluster again. */
function isInEffect({ state, activeAtMs, settings }: StoredHold, polled: PolledTopic): boolean | null {
  if (state !== 'active' || activeAtMs === null || polled.atMs === null) return null
  if (polled.atMs < activeAtMs + SURELY_POLLED_MS) return null
  const seen = settings.map(({ name, held }) => ({ held, override: seenOverride(polled, placeOfSetting(name)) }))
  if (seen.some(({ held, override }) => override !== undefined && override !== held)) return false
  return seen.some(({ override }) => override === undefined) ? null : true
}

export interface PreviewSources {
  topic: ObservedTopic
  brokers: readonly ObservedBroker[]
  cluster: ClusterConfig
  /** The cluster's, as far as they are open or in a conflict. */
  holds: readonly StoredHold[]
  /** Of the poll. */
  atMs: number
}

export function toPreviewAnswer(sources: PreviewSources, locale: Locale): HoldPreviewAnswer {
  const { topic, brokers, cluster, atMs } = sources
  const about = plannedTopic(topic, cluster)
  const { refusal, settings } = planHold(about, seenSettings({ topic, brokers }, askedSettings(about)))
  const cost = holdCost(topic, brokers, atMs)
  const policy = topic.settings.cleanupPolicy
  return {
    refusal: toRefusal(brokerHeldBy(sources) ?? (refusal && { code: refusal }), topic.name, cluster, locale),
    warnings: WARNINGS[cluster.kind].map((code) => ({ code, message: translate(locale, 'holds', `warnings.${code}`) })),
    settings: settings.map(({ foundInstead: _, ...setting }) => setting),
    isCompacted: policy === null ? null : policy.includes('compact'),
    growthBytesPerDay: round(cost.growthBytesPerDay, 0),
    brokers: cost.brokers.map(({ broker, growthBytesPerDay, usableBytes, totalBytes, fullInDays }) => ({
      ...{ broker, growthBytesPerDay: round(growthBytesPerDay, 0), fullInDays: round(fullInDays, 1) },
      ...{ usableBytes: toNumberOrNull(usableBytes), totalBytes: toNumberOrNull(totalBytes) },
    })),
  }
}

const WARNINGS: Record<ClusterKind, readonly HoldWarning[]> = { kafka: [], rocketmq: HOLD_WARNINGS }

export function plannedTopic(topic: ObservedTopic, { kind }: ClusterConfig): PlannedTopic {
  return { system: kind, internal: topic.internal, brokers: brokersOf(topic) }
}

function brokerHeldBy({ topic, cluster, holds }: PreviewSources): PreviewRefusal | null {
  const others = holds.filter((hold) => hold.topic !== topic.name)
  return brokerHeldRefusal(others, plannedTopic(topic, cluster))
}

function toRefusal(
  refusal: PreviewRefusal | null,
  topic: string,
  cluster: ClusterConfig,
  locale: Locale,
): HoldPreviewAnswer['refusal'] {
  if (refusal === null) return null
  const { code, facts } = refusalError(refusal, topic, cluster)
  const words = (part: string): string => translate(locale, 'errors', `${code}.${part}`, facts)
  return { code, message: words('detail'), fix: words('fix') }
}
