/** Which topics are dead-letter or retry topics: told by people, by settings, and by their names. */
import type { TopicKindOf } from '../durability/observation.ts'
import { anyGlobMatcher } from '../glob.ts'

/** Names that frameworks give by default; `error.` is Spring Cloud Stream's, `dead-letter-topic-` SmallRye's. */
const DLQ_NAME =
  /(?:[-._](?:dlt|dlq|DLT|DLQ)|[-_.]dead[-_.]?letters?(?:[-_.]queue)?|[-_]error)$|^(?:dlq[-.]|error\.|dead-letter-topic-|%DLQ%)/
/** `-retry-<index>`, `-retry-<delay ms>`, `-retry-<delay ms>-<index>`, and SmallRye's `_retry_<ms>`. */
const RETRY_NAME = /-retry(?:-\d+){0,2}$|-retry-\d+s$|_retry_\d+$|\.retry\.|^%RETRY%/

/** Of a topic that is not internal. */
export function kindByName(name: string): 'dlq' | 'retry' | 'normal' {
  if (DLQ_NAME.test(name)) return 'dlq'
  return RETRY_NAME.test(name) ? 'retry' : 'normal'
}

export interface DlqPatterns {
  include: readonly string[]
  exclude: readonly string[]
}

/**
 * A classifier of topics. What a person wrote wins, `exclude` over `include`; then settings that name the topic as a
 * dead-letter queue; then the names that frameworks give.
 */
export function topicKindClassifier(patterns: DlqPatterns): TopicKindOf {
  const isIncluded = anyGlobMatcher(patterns.include)
  const isExcluded = anyGlobMatcher(patterns.exclude)
  return (name, internal, internalKind, isDeclared) => {
    if (internal) return internalKind ?? 'internal'
    if (isExcluded(name)) return 'normal'
    return isIncluded(name) || isDeclared ? 'dlq' : kindByName(name)
  }
}
