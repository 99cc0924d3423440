/** Polls in which topics come into trouble and out of it again, the same for the same number. */
import type { AlertRule } from '../../../lib/alerts/alert-rule.ts'
import type { NotedPoll } from '../../../lib/collector/alert-watch.ts'
import type { Finding, Observation } from '../../../lib/durability/observation.ts'
import { SECOND_MS } from '../../../lib/units.ts'
import { aRule, observed } from '../../builders/alerts.ts'
import { aTopic, NOW_MS } from '../../builders/snapshots.ts'
import { seeded } from '../db/killed-writer.ts'

const TOPICS = Array.from({ length: 40 }, (_, index) => `t${index}`)
const INTERVAL_MS = 15 * SECOND_MS

const WATCHED_RULES: readonly AlertRule[] = [
  aRule(),
  aRule({
    ...{ code: 'partition.underMinIsr', forMs: 2 * INTERVAL_MS, keepFiringForMs: INTERVAL_MS },
    when: { kind: 'finding', finding: 'partition.underMinIsr', from: 'high', labels: {} },
  }),
]

const healthy = observed({ topics: TOPICS.map((name) => aTopic({ name, topicId: name })) })

export function seededPoll(poll: number): Observation {
  const random = seeded(poll >> 2)
  const atMs = NOW_MS + poll * INTERVAL_MS
  const findings = TOPICS.flatMap((name) =>
    (['partition.offline', 'partition.underMinIsr'] as const).flatMap((code): Finding[] =>
      random() < 0.5
        ? []
        : [{ code, severity: 'critical', subject: { type: 'topic', name }, facts: {}, part: null, atMs }],
    ),
  )
  return { ...healthy, atMs, findings }
}

/** As a poller notes it: nothing but findings, under the rules above. */
export function noted(observation: Observation): NotedPoll {
  return { observation, samples: [], mutes: [], rules: WATCHED_RULES, seenBeforeMs: null }
}
