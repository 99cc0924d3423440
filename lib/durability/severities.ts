/** How grave findings are where a person says otherwise than their rules: of a code, or of some subjects for a while. Pure. */
import type { FindingCode } from './finding-codes.ts'
import { canBeMuted, type MutePattern, muteFinder } from './mutes.ts'
import type { Finding, Severity } from './observation.ts'

/** Whatever the rule says. */
export type Severities = Readonly<Partial<Record<FindingCode, Severity>>>

/** As a mute, but what it matches is found with another severity. */
export interface Tuning extends MutePattern {
  severity: Severity
}

/**
 * What tells that messages are being lost, or how far everything else can be believed, is as grave as its rule says: it
 * weighs who still reads, which one severity for all would not.
 */
export function canBeTuned(code: FindingCode): boolean {
  return code !== 'group.unreadDeleted' && canBeMuted(code)
}

export type SeverityOf = (finding: Pick<Finding, 'code' | 'subject'>) => Severity | null

/** @returns null where nobody says so; what is said of subjects comes before what is said of a code */
export function severityFinder(
  severities: Severities,
  tunings: readonly Tuning[],
  clusterId: string,
  nowMs: number,
): SeverityOf {
  const tuningsOf = muteFinder(tunings, clusterId, nowMs)
  return (finding) => {
    if (!canBeTuned(finding.code)) return null
    return tuningsOf(finding)[0]?.severity ?? severities[finding.code] ?? null
  }
}
