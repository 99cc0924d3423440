import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import type { ConfigEntry } from '../../cluster/snapshot.ts'
import type { TopicSetting } from '../../cluster/topic-settings.ts'
import type { ObservedBroker, ObservedTopic } from '../../durability/observation.ts'
import { handCommands } from '../../holds/hold-commands.ts'
import { holdCost } from '../../holds/hold-cost.ts'
import type { StoredHold } from '../../holds/hold-store.ts'
import { ASKED_SETTINGS, planHold } from '../../holds/plan-hold.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { MINUTE_MS } from '../../units.ts'
import { addressOf } from '../address-of.ts'
import type { HoldAnswer, HoldPreviewAnswer } from '../schemas/holds.ts'
import { round, toFaultAnswer, toIso, toIsoOrNull, toNumberOrNull } from '../serialize.ts'
import { refusalError } from './hold-refusal.ts'

/** Kafka's word for a value that the topic itself has. */
const OF_TOPIC = 'DYNAMIC_TOPIC_CONFIG'
/** Settings are polled every five minutes, in turns where there are many topics. */
const SURELY_POLLED_MS = 10 * MINUTE_MS

/** As the newest poll saw the topic; null when it saw none, or none of its settings. */
export interface PolledTopic {
  config: readonly ConfigEntry[] | null
  atMs: number | null
}

export function toHoldAnswer(
  hold: StoredHold,
  cluster: ClusterConfig,
  polled: PolledTopic,
  locale: Locale,
): HoldAnswer {
  const { id, state, reason, createdBy, releasedBy, outcome, fault, settings } = hold
  return {
    ...{ id, state, reason, createdBy, releasedBy, settings },
    untilAt: toIso(hold.untilAtMs),
    createdAt: toIso(hold.createdAtMs),
    activeAt: toIsoOrNull(hold.activeAtMs),
    endedAt: toIsoOrNull(hold.endedAtMs),
    isInEffect: isInEffect(hold, polled),
    outcome: outcome === null ? null : { code: outcome, message: translate(locale, 'holds', `outcomes.${outcome}`) },
    trouble: toFaultAnswer(fault, { locale, system: cluster.kind }),
    nextLookAt: toIsoOrNull(hold.lookAtMs),
    commands: handCommands(addressOf(cluster), hold),
  }
}

/** Somebody may set another retention while it holds; only at its end does the console ask the cluster again. */
function isInEffect({ state, activeAtMs, settings }: StoredHold, { config, atMs }: PolledTopic): boolean | null {
  if (state !== 'active' || activeAtMs === null || config === null || atMs === null) return null
  if (atMs < activeAtMs + SURELY_POLLED_MS) return null
  return settings.every(({ name, held }) => config.find((entry) => entry.name === name)?.value === held)
}

export function toPreviewAnswer(
  topic: ObservedTopic,
  brokers: readonly ObservedBroker[],
  cluster: ClusterConfig,
  locale: Locale,
): HoldPreviewAnswer {
  const { refusal, settings } = planHold({ system: cluster.kind, internal: topic.internal }, polledSettings(topic))
  const cost = holdCost(topic, brokers)
  const policy = topic.settings.cleanupPolicy
  return {
    refusal: refusal === null ? null : toRefusal(refusal, topic.name, cluster, locale),
    settings: settings.map(({ foundInstead: _, ...setting }) => setting),
    isCompacted: policy === null ? null : policy.includes('compact'),
    growthBytesPerDay: round(cost.growthBytesPerDay, 0),
    brokers: cost.brokers.map(({ broker, growthBytesPerDay, usableBytes, totalBytes, fullInDays }) => ({
      ...{ broker, growthBytesPerDay: round(growthBytesPerDay, 0), fullInDays: round(fullInDays, 1) },
      ...{ usableBytes: toNumberOrNull(usableBytes), totalBytes: toNumberOrNull(totalBytes) },
    })),
  }
}

function polledSettings({ config }: ObservedTopic): TopicSetting[] {
  return ASKED_SETTINGS.flatMap((name) => {
    const entry = config?.find((one) => one.name === name)
    if (entry === undefined || entry.value === null) return []
    return [{ name, override: entry.source === OF_TOPIC ? entry.value : null, effective: [entry.value] }]
  })
}

function toRefusal(
  code: Parameters<typeof refusalError>[0],
  topic: string,
  cluster: ClusterConfig,
  locale: Locale,
): HoldPreviewAnswer['refusal'] {
  const { facts } = refusalError(code, topic, cluster)
  const words = (part: string): string => translate(locale, 'errors', `${code}.${part}`, facts)
  return { code, message: words('detail'), fix: words('fix') }
}
