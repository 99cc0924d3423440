import { labeller, type Owner } from '../../config/owners.ts'
import { recoveryOf } from '../../durability/losses/recovery.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { lossFactsOf, lossSubjectOf } from '../../losses/loss-facts.ts'
import { addressOf } from '../address-of.ts'
import { toMuteOf } from '../mutes/mute-of.ts'
import type { LossAnswer } from '../schemas/losses.ts'
import { toIso, toIsoOrNull, toNumberOrNull } from '../serialize.ts'
import type { PlacedLoss } from './loss-rows.ts'

export function lossSerializer(owners: readonly Owner[], locale: Locale): (placed: PlacedLoss) => LossAnswer {
  const labelsOf = labeller(owners)
  return ({ cluster, loss, mutes }) => {
    const { kind: system, id: clusterId } = cluster
    const { id, kind, topic, partition, broker, group, countBound, isAbandoned, evidence } = loss
    const facts = lossFactsOf(loss)
    const words = (path: string): string => translate(locale, 'lossKinds', `${kind}.${path}`, facts, system)
    return {
      ...{ id, clusterId, kind, topic, partition, broker, group, countBound, isAbandoned, evidence },
      labels: labelsOf(clusterId, lossSubjectOf(loss)),
      fromOffset: toNumberOrNull(loss.fromOffset),
      toOffset: toNumberOrNull(loss.toOffset),
      count: toNumberOrNull(loss.count),
      firstDetectedAt: toIso(loss.firstDetectedAtMs),
      lastDetectedAt: toIso(loss.lastDetectedAtMs),
      window: { from: toIsoOrNull(loss.windowFromMs), to: toIso(loss.windowToMs) },
      ...{ title: words('title'), message: words('message'), why: words('why') },
      recovery: recoveryOf(system, { address: addressOf(cluster), loss }).map(({ key, command }) => ({
        title: words(`steps.${key}`),
        command,
      })),
      acknowledgedAt: toIsoOrNull(loss.acknowledgedAtMs),
      ...{ acknowledgedBy: loss.acknowledgedBy, note: loss.note },
      mute: toMuteOf(mutes),
    }
  }
}
