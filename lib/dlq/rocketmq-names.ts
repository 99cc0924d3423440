/**
 * The group that a RocketMQ retry or dead-letter topic belongs to, told by its name:
 *
 *     %DLQ%group             dead letters of a group
 *     %RETRY%group           retries of a group
 *     %RETRY%group+topic     the same for one topic, by 5.x clients that pop
 *     %RETRY%group_topic     the same by earlier 5.x ones
 */
const DLQ = '%DLQ%'
const RETRY = '%RETRY%'

export function deadLetterGroup(topic: string): string | null {
  return topic.startsWith(DLQ) ? topic.slice(DLQ.length) : null
}

/**
 * @param groups names of the groups that are known: a name with an underscore may be a group's, or a group's and a
 * topic's. A group that is known by the whole name wins, then the one with the longest name.
 */
export function retryGroup(topic: string, groups: readonly string[]): string | null {
  if (!topic.startsWith(RETRY)) return null
  const name = topic.slice(RETRY.length)
  const plus = name.indexOf('+')
  if (plus >= 0) return name.slice(0, plus)
  const candidates = groups.filter((group) => name === group || name.startsWith(`${group}_`))
  return candidates.reduce((best, group) => (group.length > best.length ? group : best), candidates[0] ?? name)
}

export interface RetryTopic {
  topic: string
  /** The topic whose messages it takes; null: those of every topic that the group reads. */
  originTopic: string | null
}

/**
 * The retry topics that a group has. Brokers make them with the first failure, or when the group joins; there may be
 * none. Push and pull consumers read the one of the group, consumers that pop read those of their topics.
 *
 * @param topics names of all topics of the cluster
 * @param groups names of its groups, as for `retryGroup`
 */
export function retryTopicsOf(group: string, topics: readonly string[], groups: readonly string[]): RetryTopic[] {
  return topics
    .filter((topic) => retryGroup(topic, groups) === group)
    .map((topic) => ({ topic, originTopic: topic.slice(RETRY.length + group.length + 1) || null }))
}
