/**
 * Who looks after what, as rules of the configuration:
 *
 *     owners:
 *       - { match: { cluster: "*", topic: "pay.*", group: "*" }, team: payments }
 *
 * The first match wins. What is neither a topic nor a group belongs to whoever has all of them in its cluster.
 */
import { z } from 'zod'
import type { SubjectRef } from '../cluster/snapshot.ts'
import { anyGlobMatcher } from '../glob.ts'

const glob = z.string().min(1).max(256).default('*')
const EVERYTHING = { cluster: '*', topic: '*', group: '*' }

const owner = z.strictObject({
  match: z
    .strictObject({ cluster: glob, topic: glob, group: glob })
    .nullish()
    .transform((match) => match ?? EVERYTHING),
  team: z.string().min(1).max(100),
})

export const owners = z
  .array(owner)
  .max(1_000)
  .nullish()
  .transform((rules) => rules ?? [])

export type Owner = z.output<typeof owner>

export type Labels = { team?: string }

/** @returns the labels of findings, losses and alerts about a subject: `team`, or none */
export function labeller(rules: readonly Owner[]): (clusterId: string, subject: SubjectRef) => Labels {
  const matchers = rules.map(({ match, team }) => ({
    isCluster: anyGlobMatcher([match.cluster]),
    isTopic: anyGlobMatcher([match.topic]),
    isGroup: anyGlobMatcher([match.group]),
    team,
  }))
  return (clusterId, { type, name }) => {
    const isMatch = ({ isCluster, isTopic, isGroup }: (typeof matchers)[number]): boolean =>
      isCluster(clusterId) && isTopic(type === 'topic' ? name : '') && isGroup(type === 'group' ? name : '')
    const found = matchers.find(isMatch)
    return found === undefined ? {} : { team: found.team }
  }
}
