/** The form of the settings lint, and how its answer is shown. */
import { LINT_CLIENTS, type LintAnswer, type LintBody, MAX_LINT_CHARS } from '../api/schemas/lint.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import { diffLines } from './line-diff.ts'
import type { StateLevel } from './states.ts'

export type LintClient = LintBody['client']
export { LINT_CLIENTS, MAX_LINT_CHARS }

/** Everything but the text, which may hold passwords, stands in the address. */
export interface LintChoice {
  client: LintClient
  version: string
  cluster: string
  topic: string
}

export function lintBodyOf({ client, version, cluster, topic }: LintChoice, text: string): LintBody {
  return {
    ...{ client, text },
    ...(version.trim() === '' ? {} : { version: version.trim() }),
    ...(cluster === '' ? {} : { clusterId: cluster }),
    ...(cluster === '' || topic === '' ? {} : { topic }),
  }
}

/** RocketMQ's client has no business on a Kafka cluster. */
export function systemOfClient(client: LintClient): ClusterKind {
  return client.startsWith('rocketmq') ? 'rocketmq' : 'kafka'
}

export const LINT_VERDICT_STATE: Record<LintAnswer['verdict'], StateLevel> = {
  safe: 'safe',
  atRisk: 'atRisk',
  loses: 'losing',
  unknown: 'unknown',
}

/** A line of the corrected text, and whether it stands in the text that was checked. */
export interface CorrectedLine {
  text: string
  isNew: boolean
}

export function correctedLines(checked: string, corrected: string): CorrectedLine[] {
  const [before, after] = [checked, corrected].map((text) => text.replaceAll('\r\n', '\n')) as [string, string]
  return diffLines(before, after).flatMap(({ kind, text }) =>
    kind === 'removed' ? [] : [{ text, isNew: kind === 'added' }],
  )
}
