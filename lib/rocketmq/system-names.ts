/** RocketMQ's own topics and groups, told by their names. */
import type { InternalTopicKind } from '../cluster/snapshot.ts'

export const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC'
/** Says of half messages that they are decided. */
export const HALF_DONE_TOPIC = 'RMQ_SYS_TRANS_OP_HALF_TOPIC'
/** Where half messages go that nobody decided about; it is there from the first one on. */
export const GIVEN_UP_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'
export const TRANSACTION_GROUP = 'CID_RMQ_SYS_TRANS'

const SYSTEM_TOPICS: ReadonlySet<string> = new Set([
  'TBW102',
  'SCHEDULE_TOPIC_XXXX',
  'BenchmarkTest',
  GIVEN_UP_TOPIC,
  'SELF_TEST_TOPIC',
  'OFFSET_MOVED_EVENT',
  'CHECKPOINT_TOPIC',
])
const SYSTEM_TOPIC_PREFIXES = ['rmq_sys_', 'RMQ_SYS_']
const REPLY_SUFFIX = '_REPLY_TOPIC'

const SYSTEM_GROUPS: ReadonlySet<string> = new Set([
  'DEFAULT_CONSUMER',
  'TOOLS_CONSUMER',
  'SCHEDULE_CONSUMER',
  'FILTERSRV_CONSUMER',
  '__MONITOR_CONSUMER',
  'SELF_TEST_C_GROUP',
  'CID_ONS-HTTP-PROXY',
])
const SYSTEM_GROUP_PREFIXES = ['CID_RMQ_SYS_', 'CID_ONSAPI_']

const KINDS = new Map<string, InternalTopicKind>([
  [HALF_TOPIC, 'half'],
  ['RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC', 'half'],
  ['SCHEDULE_TOPIC_XXXX', 'delay'],
  ['rmq_sys_wheel_timer', 'delay'],
])

/** @param owners names of clusters and brokers: each has a topic of its own. */
export function isSystemTopic(topic: string, owners: ReadonlySet<string>): boolean {
  if (SYSTEM_TOPICS.has(topic) || owners.has(topic)) return true
  if (SYSTEM_TOPIC_PREFIXES.some((prefix) => topic.startsWith(prefix))) return true
  return topic.endsWith(REPLY_SUFFIX) && owners.has(topic.slice(0, -REPLY_SUFFIX.length))
}

const DEAD_LETTERS = '%DLQ%'

/** The group whose dead letters a topic holds: it is called by its name. Null for any other topic. */
export function deadLetterGroup(topic: string): string | null {
  return topic.startsWith(DEAD_LETTERS) ? topic.slice(DEAD_LETTERS.length) : null
}

export function internalKindOf(topic: string): InternalTopicKind | null {
  return KINDS.get(topic) ?? null
}

export function isSystemGroup(group: string): boolean {
  return SYSTEM_GROUPS.has(group) || SYSTEM_GROUP_PREFIXES.some((prefix) => group.startsWith(prefix))
}
