/** Which topics somebody answers for, and whether they may see what lies in them. Pure: API and pages ask alike. */
import { anyGlobMatcher } from './glob.ts'

export interface Scope {
  /** Globs. A topic is within when its cluster and its name match one each. */
  clusters: readonly string[]
  topics: readonly string[]
  /** Keys, values and values of headers of these topics may be read. */
  payloads: boolean
}

export interface TopicPlace {
  cluster: string
  topic: string
}

export const EVERYTHING: Scope = { clusters: ['*'], topics: ['*'], payloads: true }

export function isInScope({ clusters, topics }: Pick<Scope, 'clusters' | 'topics'>, place: TopicPlace): boolean {
  return anyGlobMatcher(clusters)(place.cluster) && anyGlobMatcher(topics)(place.topic)
}

export function seesPayloads(scope: Scope, place: TopicPlace): boolean {
  return scope.payloads && isInScope(scope, place)
}
