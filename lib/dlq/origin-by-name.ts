/** Where dead letters probably came from when their headers are silent: only their topic's name is left to tell. */
import type { Origin } from './dead-letter.ts'
import { deadLetterGroup, retryGroup } from './rocketmq-names.ts'
import { kindByName } from './topic-kind.ts'

const SUFFIX =
  /(?:[-._](?:dlt|dlq|DLT|DLQ)|[-_.]dead[-_.]?letters?(?:[-_.]queue)?|[-_]error|-retry(?:-\d+){0,2}|-retry-\d+s|_retry_\d+)$/
const PREFIX = /^(?:dlq[-.]|dead-letter-topic-)/
const CLOUD_STREAM_PREFIX = 'error.'
/** A dead-letter topic of a retry topic of a topic, and one more for luck. */
const MAX_ROUNDS = 4

/**
 * The origin that the naming conventions suggest: `orders-dlt`, `orders-retry-1000`, `dlq.orders`,
 * `error.<destination>.<group>`, `dead-letter-topic-<channel>`, `%DLQ%<group>` and so on. `guessed` is always true.
 *
 * A topic is only suggested when it is among `topics` and is no retry or dead-letter topic itself. Null when the name
 * suggests nothing. What conventions do not say is not guessed: `orders-<rule>-dlt` names no topic, and neither does
 * `<group>-dlq`, unless there is one of that name.
 */
export function originByName(name: string, topics: ReadonlySet<string>): Origin | null {
  const group = deadLetterGroup(name)
  if (group !== null) return guess(null, group)
  if (name.startsWith('%RETRY%')) return fromRocketmqRetry(name, topics)
  if (name.startsWith(CLOUD_STREAM_PREFIX)) {
    const found = destinationAndGroup(name.slice(CLOUD_STREAM_PREFIX.length), topics)
    if (found !== null) return found
  }
  let rest = name
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const shorter = rest.replace(PREFIX, '').replace(SUFFIX, '')
    if (shorter === rest || shorter === '') return null
    rest = shorter
    if (isOrdinary(rest, topics)) return guess(rest, null)
  }
  return null
}

/** Both parts may hold dots: the longest destination that is a topic wins. */
function destinationAndGroup(rest: string, topics: ReadonlySet<string>): Origin | null {
  for (let dot = rest.lastIndexOf('.'); dot > 0; dot = rest.lastIndexOf('.', dot - 1)) {
    const topic = rest.slice(0, dot)
    if (isOrdinary(topic, topics)) return guess(topic, rest.slice(dot + 1) || null)
  }
  return null
}

/** `%RETRY%group+topic`; without the plus, nothing tells where the group's name ends. */
function fromRocketmqRetry(name: string, topics: ReadonlySet<string>): Origin | null {
  const plus = name.indexOf('+')
  const topic = plus < 0 ? null : name.slice(plus + 1)
  return guess(topic !== null && isOrdinary(topic, topics) ? topic : null, retryGroup(name, []))
}

function isOrdinary(topic: string, topics: ReadonlySet<string>): boolean {
  return topics.has(topic) && kindByName(topic) === 'normal'
}

function guess(topic: string | null, group: string | null): Origin {
  return { topic, partition: null, offset: null, timestampMs: null, group, guessed: true }
}
