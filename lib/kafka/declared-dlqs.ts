/** The topics that settings name as dead-letter queues: their own, those of share groups, and those of Connect's sinks. */
import type { ConfigEntry, DeclaredDlq, TopicState } from '../cluster/snapshot.ts'

/** Without it a broker writes no group's dead letters into a topic that is there. */
const ACCEPTS_DEAD_LETTERS = 'errors.deadletterqueue.group.enable'

/** Each topic once, in the order of their names. */
export function declaredDlqs(
  topics: readonly Pick<TopicState, 'name' | 'config'>[],
  groupQueues: ReadonlyMap<string, readonly string[]>,
  sinks: readonly DeclaredDlq[],
): DeclaredDlq[] {
  const accepting = topics
    .filter(({ config }) => config !== null && accepts(config))
    .map(({ name }): DeclaredDlq => ({ topic: name, groups: [], sourceTopics: [] }))
  const named = [...groupQueues].map(
    ([topic, groups]): DeclaredDlq => ({ topic, groups: [...groups], sourceTopics: [] }),
  )
  const found = new Map<string, DeclaredDlq>()
  for (const dlq of [...accepting, ...named, ...sinks]) found.set(dlq.topic, joined(found.get(dlq.topic), dlq))
  return [...found.values()].sort((one, other) => (one.topic < other.topic ? -1 : 1))
}

/** Ten thousand topics share a few dozen lists. */
const ANSWERS = new WeakMap<readonly ConfigEntry[], boolean>()

function accepts(config: readonly ConfigEntry[]): boolean {
  const known = ANSWERS.get(config)
  if (known !== undefined) return known
  const answer = config.some(({ name, value }) => name === ACCEPTS_DEAD_LETTERS && value === 'true')
  ANSWERS.set(config, answer)
  return answer
}

function joined(one: DeclaredDlq | undefined, other: DeclaredDlq): DeclaredDlq {
  const union = (field: 'groups' | 'sourceTopics'): string[] => [
    ...new Set([...(one?.[field] ?? []), ...other[field]].sort()),
  ]
  return { topic: other.topic, groups: union('groups'), sourceTopics: union('sourceTopics') }
}
