/** Every command that the console writes down for a system, with where it stands. */
import type { ClusterKind } from '../../../../lib/cluster/snapshot.ts'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import { LOSS_KINDS } from '../../../../lib/durability/losses/loss.ts'
import { recoveryOf } from '../../../../lib/durability/losses/recovery.ts'
import { RUNBOOKS } from '../../../../lib/durability/runbooks/all-runbooks.ts'
import type { RunbookStep } from '../../../../lib/durability/runbooks/runbook.ts'
import { hitsOf } from '../rules/all-cases.ts'

/** @param address as the tools want it */
export function commandsOf(system: ClusterKind, address: string): Map<string, string> {
  const commands = new Map<string, string>()
  const add = (where: string, steps: readonly RunbookStep[]): void => {
    for (const { key, command } of steps) {
      if (command !== null && !commands.has(command)) commands.set(command, `${where} ${key}`)
    }
  }
  for (const code of Object.keys(RUNBOOKS[system]) as FindingCode[]) {
    for (const { subject, facts } of hitsOf(code, system)) {
      add(code, RUNBOOKS[system][code]?.({ address, finding: { code, subject, facts } }) ?? [])
    }
  }
  for (const kind of LOSS_KINDS) {
    const loss = { kind, topic: 'orders', partition: 0, broker: 'broker-a', group: 'billing', evidence: {} }
    add(kind, recoveryOf(system, { address, loss }))
  }
  return commands
}
