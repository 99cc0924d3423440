/** Rules about the ledger of losses: one alert for each entry, until somebody acknowledges that entry. */
import { type AlertRule, type AlertSubject, placeKey } from './alert-rule.ts'
import type { OpenLoss } from './readings.ts'
import type { Holding } from './state-machine.ts'

export class LossReadings {
  readonly #byKind: ReadonlyMap<string, AlertRule>

  constructor(rules: readonly AlertRule[]) {
    this.#byKind = new Map(rules.flatMap((rule) => (rule.when.kind === 'loss' ? [[rule.when.loss, rule]] : [])))
  }

  addHolding(openLosses: readonly OpenLoss[], holding: Map<string, Holding>): void {
    for (const { id, kind, subject: ref, facts } of openLosses) {
      const rule = this.#byKind.get(kind)
      if (rule === undefined) continue
      const subject: AlertSubject = { ...ref, part: id }
      holding.set(placeKey(rule.code, subject), { rule, subject, severity: rule.severity ?? 'critical', facts })
    }
  }
}
