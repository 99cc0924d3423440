/**
 * Which words a page's HTML carries: those that every page needs, and those of its area. All words together would be
 * most of a page. A test holds each page to the words that its components ask for.
 */
import type { Messages } from './messages.ts'

export type Namespace = keyof Messages

/** A part of all words; the words of RocketMQ in it are a part of theirs. */
export type Words = Partial<Omit<Messages, 'rocketmq'>> & { rocketmq: object }

export const EVERYWHERE = ['shell', 'ui', 'units', 'states', 'charts', 'clusters', 'overview', 'signIn'] as const

export const AREAS = {
  audit: ['audit'],
  alerts: ['alerts', 'receivers', 'risk'],
  alertRules: ['explore', 'ruleEditor'],
  clusters: ['brokers', 'explore', 'groups', 'holds', 'messageBrowser', 'payload', 'risk', 'topics'],
  deadLetters: ['deadLetters', 'payload'],
  explore: ['explore'],
  lint: ['lint'],
  losses: ['losses', 'risk'],
  replays: ['deadLetters', 'replays'],
  reports: ['reports'],
  risk: ['risk'],
} as const satisfies Record<string, readonly Namespace[]>
export type Area = keyof typeof AREAS

/** With RocketMQ's own words for those namespaces. */
export function wordsOf(messages: Messages, namespaces: readonly Namespace[]): Words {
  const ofNames = (tree: Partial<Messages>): Partial<Messages> =>
    Object.fromEntries(namespaces.flatMap((name) => (tree[name] === undefined ? [] : [[name, tree[name]]])))
  return { ...ofNames(messages), rocketmq: ofNames(messages.rocketmq as Partial<Messages>) }
}

/** What is there already, and more. */
export function withWords(before: Words, more: Words): Words {
  return { ...before, ...more, rocketmq: { ...before.rocketmq, ...more.rocketmq } }
}
