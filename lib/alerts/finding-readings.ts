/** Rules about what is found. A finding that is the very object of the poll before is read as it was then. */
import type { FindingCode } from '../durability/finding-codes.ts'
import { type Finding, type Observation, SEVERITIES, type Severity } from '../durability/observation.ts'
import { type AlertRule, type AlertSubject, type FindingCondition, labelMatcher, placeKey } from './alert-rule.ts'
import type { Holding, Standing } from './state-machine.ts'
import type { Subjects } from './subjects.ts'

interface FindingRule {
  rule: AlertRule
  from: number
  isMatch(labels: Record<string, string>): boolean
}

type Placed = Holding & { key: string }

export class FindingReadings {
  readonly #clusterId: string
  readonly #byCode = new Map<FindingCode, FindingRule[]>()
  readonly #known = new WeakMap<Finding, readonly Placed[]>()
  /** Checks that could tell nothing, of the observation that was asked about last. */
  #unjudged: { of: Observation; places: ReadonlySet<string> } | null = null

  constructor(clusterId: string, rules: readonly AlertRule[]) {
    this.#clusterId = clusterId
    for (const rule of rules) {
      const { when } = rule
      if (when.kind !== 'finding') continue
      const one = { rule, from: SEVERITIES.indexOf(when.from), isMatch: labelMatcher(when.labels) }
      this.#byCode.set(when.finding, [...(this.#byCode.get(when.finding) ?? []), one])
    }
  }

  addHolding({ findings }: Observation, holding: Map<string, Holding>): void {
    for (const finding of findings) {
      for (const held of this.#heldBy(finding)) {
        const other = holding.get(held.key)
        if (other === undefined || isGraver(held.severity, other.severity)) holding.set(held.key, held)
      }
    }
  }

  #heldBy(finding: Finding): readonly Placed[] {
    const known = this.#known.get(finding)
    if (known !== undefined) return known
    const { code, severity, subject, facts } = finding
    const labels = { [subject.type]: subject.name, cluster: this.#clusterId }
    const held = (this.#byCode.get(code) ?? []).flatMap(({ rule, from, isMatch }): Placed[] => {
      if (SEVERITIES.indexOf(severity) < from || !isMatch(labels)) return []
      const at: AlertSubject = { ...subject, part: partOf(finding) }
      return [{ key: placeKey(rule.code, at), rule, subject: at, severity: rule.severity ?? severity, facts }]
    })
    this.#known.set(finding, held)
    return held
  }

  standingOf(
    { finding: code }: FindingCondition,
    subject: AlertSubject,
    observation: Observation,
    subjects: Subjects,
  ): Standing {
    const presence = subjects.presenceOf(subject)
    if (presence !== 'there') return presence
    const unjudged = this.#unjudgedIn(observation)
    const isUnknown = unjudged.has(placeOf(code, subject)) || unjudged.has(placeOf(code, WHOLE_CLUSTER))
    return isUnknown ? 'unknown' : 'clear'
  }

  #unjudgedIn(observation: Observation): ReadonlySet<string> {
    if (this.#unjudged?.of !== observation) {
      const places = observation.unjudged.flatMap(({ subject, codes }) => codes.map((code) => placeOf(code, subject)))
      this.#unjudged = { of: observation, places: new Set(places) }
    }
    return this.#unjudged.places
  }
}

/** Parts that are severities tell milder places of one topic apart: the gravest of them is the alert. */
export function partOf({ part }: Pick<Finding, 'part'>): string | null {
  return part !== null && (SEVERITIES as readonly string[]).includes(part) ? null : part
}

function isGraver(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) > SEVERITIES.indexOf(other)
}

/** Where a rule of the whole cluster says that it could not look. */
const WHOLE_CLUSTER = { type: 'cluster', name: '' } as const

function placeOf(code: FindingCode, { type, name }: Pick<AlertSubject, 'type' | 'name'>): string {
  return `${code}\n${type}\n${name}`
}
