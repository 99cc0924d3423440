/** Which alerts a person hid, with what is found, or of which nobody is told for a while. Pure. */
import type { FindingCode } from '../durability/finding-codes.ts'
import type { LossKind, LossPlace } from '../durability/losses/loss.ts'
import { lossMuteFinder, type MutePattern, muteFinder } from '../durability/mutes.ts'
import type { Severity } from '../durability/observation.ts'
import { anyGlobMatcher } from '../glob.ts'
import type { Alert } from './alert.ts'
import { BLIND_RULE } from './alert-rule.ts'

type Hideable = Pick<Alert, 'ruleCode' | 'basis' | 'subject' | 'facts'>

/**
 * A mute hides the alerts of what it hides. Those about a number have no other code than their rule's. That the console is
 * blind is never muted: it tells how far everything else can be believed.
 *
 * @returns all mutes that hide an alert of this cluster now; the one that lasts longest first
 */
export function alertMuteFinder<M extends MutePattern>(
  mutes: readonly M[],
  clusterId: string,
  nowMs: number,
): (alert: Hideable) => readonly M[] {
  const ofFinding = muteFinder(mutes, clusterId, nowMs)
  const ofLoss = lossMuteFinder(mutes, clusterId, nowMs)
  return ({ ruleCode, basis, subject, facts }) => {
    if (ruleCode === BLIND_RULE) return []
    if (basis.kind === 'loss') return ofLoss({ kind: basis.code as LossKind, ...placeIn(facts) })
    const code = basis.kind === 'finding' ? basis.code : ruleCode
    return ofFinding({ code: code as FindingCode, subject })
  }
}

function placeIn(facts: Alert['facts']): LossPlace {
  const textOf = (name: string): string | null => String(facts[name] ?? '') || null
  return { topic: textOf('topic'), partition: null, broker: textOf('broker'), group: textOf('group') }
}

export interface SilencePattern {
  id: string
  /** Globs over the rule's code, the cluster's id and the subject's name. */
  code: string
  cluster: string
  subject: string
  /** Null: of any. */
  severity: Severity | null
  fromAtMs: number
  untilAtMs: number
}

/** @returns all silences that hold for an alert now; the one that lasts longest first */
export function silenceFinder<S extends SilencePattern>(
  silences: readonly S[],
  nowMs: number,
): (alert: Pick<Alert, 'ruleCode' | 'severity' | 'subject'> & { clusterId: string }) => readonly S[] {
  const active = silences
    .filter((silence) => isSilencing(silence, nowMs))
    .sort((one, other) => other.untilAtMs - one.untilAtMs)
    .map((silence) => ({
      silence,
      isCode: anyGlobMatcher([silence.code]),
      isCluster: anyGlobMatcher([silence.cluster]),
      isSubject: anyGlobMatcher([silence.subject]),
    }))
  return ({ clusterId, ruleCode, severity, subject }) =>
    active.flatMap(({ silence, isCode, isCluster, isSubject }) => {
      const isOfIt = silence.severity === null || silence.severity === severity
      return isOfIt && isCode(ruleCode) && isCluster(clusterId) && isSubject(subject.name) ? [silence] : []
    })
}

export function isSilencing(
  { fromAtMs, untilAtMs }: Pick<SilencePattern, 'fromAtMs' | 'untilAtMs'>,
  nowMs: number,
): boolean {
  return fromAtMs <= nowMs && nowMs < untilAtMs
}
