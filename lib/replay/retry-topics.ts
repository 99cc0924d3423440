/** Where a record goes so that only the group that failed sees it again. Pure. */
import { deadLetterGroup } from '../dlq/rocketmq-names.ts'

/** Suffixes that frameworks give their retry topics, and how long each waits, as far as the name tells. */
const SUFFIX = /^(?:-retry(?:-(?<first>\d+)(?:-(?<second>\d+))?)?|_retry_(?<smallrye>\d+)|-retry-(?<seconds>\d+)s)$/

/**
 * The first retry topic of the chain that belongs to a topic (`<topic>-retry…` of Spring, `<topic>_retry_…` of SmallRye)
 * or to the group (`<group>-retry-…`): there all attempts begin anew. Null when there is none.
 */
export function kafkaRetryTopic(
  origin: { topic: string | null; group: string | null },
  topics: Iterable<string>,
): string | null {
  const owners = [origin.topic, origin.group].filter((owner): owner is string => owner !== null)
  let best: { topic: string; place: number[] } | null = null
  for (const topic of topics) {
    for (const [index, owner] of owners.entries()) {
      const place = topic.startsWith(owner) ? placeInChain(topic.slice(owner.length)) : null
      if (place === null) continue
      const candidate = { topic, place: [index, ...place] }
      if (best === null || isBefore(candidate.place, best.place)) best = candidate
    }
  }
  return best?.topic ?? null
}

function placeInChain(suffix: string): number[] | null {
  const groups = SUFFIX.exec(suffix)?.groups
  if (groups === undefined) return null
  const first = groups.first ?? groups.smallrye ?? groups.seconds
  return [first === undefined ? -1 : Number(first), groups.second === undefined ? -1 : Number(groups.second)]
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? -1
    if (value !== against) return value < against
  }
  return false
}

/**
 * RocketMQ: `%RETRY%group`, which clients that push read; groups whose clients pop read one retry topic per topic
 * (`%RETRY%group+topic`, earlier `%RETRY%group_topic`), which wins where it exists. Null without a group, or without such
 * a topic: a send would make one that nobody reads.
 */
export function rocketmqRetryTopic(
  queue: string,
  origin: { topic: string | null; group: string | null } | null,
  topics: { has(name: string): boolean },
): string | null {
  const group = deadLetterGroup(queue) ?? origin?.group ?? null
  if (group === null) return null
  const topic = origin?.topic ?? null
  const names = topic === null ? [] : [`%RETRY%${group}+${topic}`, `%RETRY%${group}_${topic}`]
  return [...names, `%RETRY%${group}`].find((name) => topics.has(name)) ?? null
}
