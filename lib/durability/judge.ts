/**
 * Applies all rules to an observation. What was found of a topic holds for as long as the topic is the same object and the
 * cluster is built the same way: most of a large cluster is judged once.
 */
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import { saysTheSame } from '../plain-data.ts'
import type { FindingCode } from './finding-codes.ts'
import type { Finding, ObservedTopic } from './observation.ts'
import { type RulesByScope, rulesOf } from './rules/all-rules.ts'
import { isSameLayout, layoutOf } from './rules/layout.ts'
import type { Hit, Layout, Outcome, Scene } from './rules/rule.ts'
import { StandingStills } from './rules/standing-stills.ts'
import type { SeverityOf } from './severities.ts'

export type Judged = Omit<Scene, 'layout' | 'topicOf' | 'stills'>

/** At a moment: what a person says of subjects ends. */
export type SeverityAt = (nowMs: number) => SeverityOf

/** A hit with where it is. */
interface Found extends Hit {
  code: FindingCode
  subject: SubjectRef
}

/** One per cluster, kept between polls. */
export class Judge {
  readonly #severityAt: SeverityAt
  readonly #stills = new StandingStills()
  #layout: Layout | null = null
  #ofTopics = new WeakMap<ObservedTopic, readonly Found[]>()
  #before: ReadonlyMap<string, Finding> = new Map()

  constructor(severityAt: SeverityAt = () => () => null) {
    this.#severityAt = severityAt
  }

  /** What was found before this process began, so that it is known since when. */
  remember(findings: readonly Finding[]): void {
    this.#before = new Map(findings.map((finding) => [identityOf(finding), finding]))
  }

  /** A finding that says what it said in the poll before is that very object. */
  judge(judged: Judged): Finding[] {
    const scene = this.#sceneOf(judged)
    const rules = RULES[judged.kind]
    const found = [
      ...judged.topics.flatMap((topic) => this.#ofTopic(topic, rules, scene.layout)),
      ...judged.brokers.flatMap((broker) => apply(rules.broker, broker, scene, { type: 'broker', name: broker.id })),
      ...judged.groups.flatMap((group) => apply(rules.group, group, scene, { type: 'group', name: group.id })),
      ...(judged.nameServers ?? []).flatMap((server) =>
        apply(rules.nameServer, server, scene, { type: 'nameServer', name: server.address }),
      ),
      ...apply(rules.cluster, scene, scene, { type: 'cluster', name: '' }),
    ]
    this.#stills.sweep()
    return this.#dated(found, judged.nowMs)
  }

  #sceneOf(judged: Judged): Scene {
    const layout = layoutOf(judged.kind, judged.brokers)
    if (!isSameLayout(this.#layout, layout)) {
      this.#layout = layout
      this.#ofTopics = new WeakMap()
    }
    const topics = new Map(judged.topics.map((topic) => [topic.name, topic]))
    return { ...judged, layout, stills: this.#stills, topicOf: (name) => topics.get(name) }
  }

  #ofTopic(topic: ObservedTopic, rules: RulesByScope, layout: Layout): readonly Found[] {
    let found = this.#ofTopics.get(topic)
    if (found === undefined) {
      const subject = { type: 'topic', name: topic.name } as const
      found = rules.topic.flatMap(({ code, judge }) => placed(code, judge(topic, layout), subject))
      this.#ofTopics.set(topic, found)
    }
    return found
  }

  #dated(found: readonly Found[], nowMs: number): Finding[] {
    const findings = new Map<string, Finding>()
    const severityOf = this.#severityAt(nowMs)
    for (const { code, severity: usual, subject, facts, part = null } of found) {
      const severity = severityOf({ code, subject }) ?? usual
      const finding = { code, severity, subject, facts, part, atMs: nowMs }
      const identity = identityOf(finding)
      const before = this.#before.get(identity)
      if (before !== undefined) finding.atMs = before.atMs
      findings.set(identity, before !== undefined && saysTheSame(before, finding) ? before : finding)
    }
    this.#before = findings
    return [...findings.values()]
  }
}

const RULES: Record<ClusterKind, RulesByScope> = { kafka: rulesOf('kafka'), rocketmq: rulesOf('rocketmq') }

function apply<Subject>(
  rules: readonly { code: FindingCode; judge(subject: Subject, scene: Scene): Outcome }[],
  subject: Subject,
  scene: Scene,
  ref: SubjectRef,
): Found[] {
  return rules.flatMap(({ code, judge }) => placed(code, judge(subject, scene), ref))
}

function placed(code: FindingCode, outcome: Outcome, subject: SubjectRef): Found[] {
  return outcome === 'unknown' ? [] : outcome.map((one) => ({ ...one, code, subject: one.subject ?? subject }))
}

export function identityOf({ code, subject, part }: Pick<Finding, 'code' | 'subject' | 'part'>): string {
  return `${code}\n${subject.type}\n${subject.name}\n${part ?? ''}`
}
