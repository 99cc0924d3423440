import { createHash } from 'node:crypto'
import { labeller, type Owner } from '../../config/owners.ts'
import { identityOf } from '../../durability/judge.ts'
import { canBeMuted } from '../../durability/mutes.ts'
import type { Finding } from '../../durability/observation.ts'
import type { Rule } from '../../durability/rules/rule.ts'
import { RUNBOOKS } from '../../durability/runbooks/all-runbooks.ts'
import { repairOf } from '../../durability/runbooks/repairs.ts'
import type { Severities } from '../../durability/severities.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { addressOf } from '../address-of.ts'
import { toMuteOf } from '../mutes/mute-of.ts'
import type { FindingAnswer, RuleAnswer } from '../schemas/findings.ts'
import { toIso } from '../serialize.ts'
import type { PlacedFinding } from './finding-rows.ts'

export function findingSerializer(owners: readonly Owner[], locale: Locale): (placed: PlacedFinding) => FindingAnswer {
  const labelsOf = labeller(owners)
  return ({ cluster, finding, mutes }) => {
    const { code, severity, subject, facts, atMs } = finding
    const { kind: system, id: clusterId } = cluster
    const words = (path: string): string => translate(locale, 'findings', `${code}.${path}`, facts, system)
    const steps = RUNBOOKS[system][code]?.({ address: addressOf(cluster), finding }) ?? []
    return {
      ...{ id: idOf(placedIdentity(clusterId, finding)), code, severity, clusterId, subject, facts },
      labels: labelsOf(clusterId, subject),
      message: translate(locale, 'reasons', `${code}.${subject.type}`, facts, system),
      title: words('title'),
      fix: steps.map(({ key, command }) => ({ title: words(`steps.${key}`), command })),
      repair: repairOf(system, finding),
      since: toIso(atMs),
      canBeMuted: canBeMuted(code),
      mute: toMuteOf(mutes),
    }
  }
}

export function placedIdentity(clusterId: string, finding: Finding): string {
  return `${clusterId}\n${identityOf(finding)}`
}

const ID_CHARS = 20

function idOf(identity: string): string {
  return createHash('sha256').update(identity).digest('base64url').slice(0, ID_CHARS)
}

export function toRuleAnswer({ code, system, ...rule }: Rule, severities: Severities, locale: Locale): RuleAnswer {
  const severity = severities[code] ?? rule.severity
  const words = (part: string): string =>
    translate(locale, 'findings', `${code}.${part}`, {}, system === 'rocketmq' ? 'rocketmq' : 'kafka')
  return {
    ...{ code, severity, system: system === 'both' ? null : system },
    ...{ title: words('title'), why: words('why'), fix: words('fix') },
  }
}
