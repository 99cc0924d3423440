/**
 * Applies all rules to an observation. What was found of a topic holds for as long as the topic is the same object and the
 * cluster is built the same way: most of a large cluster is judged once.
 */
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import { saysTheSame } from '../plain-data.ts'
import { changesBetween, type FindingChanges, stillUnseen } from './finding-changes.ts'
import type { FindingCode } from './finding-codes.ts'
import type { Finding, ObservedTopic, Unjudged } from './observation.ts'
import { type RulesByScope, rulesOf } from './rules/all-rules.ts'
import { isSameLayout, layoutOf } from './rules/layout.ts'
import { Restarts } from './rules/restarts.ts'
import { type Hit, judgedBy, type Layout, type Outcome, type Partly, type Scene } from './rules/rule.ts'
import { StandingStills } from './rules/standing-stills.ts'
import type { SeverityOf } from './severities.ts'

export type Judged = Omit<Scene, 'layout' | 'topicOf' | 'stills' | 'foundBefore'>

/** At a moment: what a person says of subjects ends. */
export type SeverityAt = (nowMs: number) => SeverityOf

/** A hit with where it is. */
interface Found extends Hit {
  code: FindingCode
  subject: SubjectRef
}

/** What all rules say of one subject. */
interface Said {
  found: readonly Found[]
  unjudged: readonly Unjudged[]
}

export interface Judgement {
  findings: Finding[]
  unjudged: Unjudged[]
}

/** One per cluster, kept between polls. */
export class Judge {
  readonly #severityAt: SeverityAt
  readonly #stills = new StandingStills()
  readonly #restarts = new Restarts()
  #layout: Layout | null = null
  #ofTopics = new WeakMap<ObservedTopic, Said>()
  #before: ReadonlyMap<string, Finding> = new Map()
  /** What was found last where no rule could tell since. */
  #unseen: ReadonlyMap<string, Finding> = new Map()
  #changes: FindingChanges = { started: [], ended: [] }

  constructor(severityAt: SeverityAt = () => () => null) {
    this.#severityAt = severityAt
  }

  /** What was found before this process began, so that it is known since when. */
  remember(findings: readonly Finding[]): void {
    this.#before = new Map(findings.map((finding) => [identityOf(finding), finding]))
  }

  /** As of the newest poll, for as long as there is no newer one. */
  get foundBefore(): Scene['foundBefore'] {
    const [found, unseen] = [this.#before, this.#unseen]
    return (code, subject) => {
      const identity = identityOf({ code, subject, part: null })
      return found.get(identity) ?? unseen.get(identity) ?? null
    }
  }

  /** Of the newest poll against the one before it, or against what was remembered. */
  get changes(): FindingChanges {
    return this.#changes
  }

  /** A finding that says what it said in the poll before is that very object. */
  judge(judged: Judged): Judgement {
    const scene = this.#sceneOf(judged)
    const rules = RULES[judged.kind]
    const said = [
      ...judged.topics.map((topic) => this.#ofTopic(topic, rules, scene.layout)),
      ...judged.brokers.map((broker) => apply(rules.broker, broker, scene, { type: 'broker', name: broker.id })),
      ...judged.groups.map((group) => apply(rules.group, group, scene, { type: 'group', name: group.id })),
      ...(judged.nameServers ?? []).map((server) =>
        apply(rules.nameServer, server, scene, { type: 'nameServer', name: server.address }),
      ),
      apply(rules.cluster, scene, scene, { type: 'cluster', name: '' }),
    ]
    const unjudged = said.flatMap((one) => one.unjudged)
    const before = this.#before
    const findings = this.#dated(
      said.flatMap(({ found }) => found),
      judged.nowMs,
    )
    this.#changes = changesBetween(before, this.#before, unjudged, scene)
    const ended = this.#changes.ended.flatMap(({ finding, isGone }) => (isGone ? [] : [finding]))
    const unseen = [...this.#unseen.values()].filter((finding) => !this.#before.has(identityOf(finding)))
    this.#unseen = new Map([...stillUnseen(unseen, unjudged, scene), ...ended].map((one) => [identityOf(one), one]))
    this.#stills.sweep()
    return { findings, unjudged }
  }

  #sceneOf(judged: Judged): Scene {
    const layout = layoutOf(judged.kind, judged.brokers, this.#restarts.note(judged))
    if (!isSameLayout(this.#layout, layout)) {
      this.#layout = layout
      this.#ofTopics = new WeakMap()
    }
    const topics = new Map(judged.topics.map((topic) => [topic.name, topic]))
    return {
      ...judged,
      layout,
      stills: this.#stills,
      foundBefore: this.foundBefore,
      topicOf: (name) => topics.get(name),
    }
  }

  #ofTopic(topic: ObservedTopic, rules: RulesByScope, layout: Layout): Said {
    let said = this.#ofTopics.get(topic)
    if (said === undefined) {
      said = apply(rules.topic, topic, layout, { type: 'topic', name: topic.name })
      this.#ofTopics.set(topic, said)
    }
    return said
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

type Asked<Subject, Context> = Parameters<typeof judgedBy<Subject, Context, Outcome | Partly>>[0] & {
  code: FindingCode
}

function apply<Subject, Context>(
  rules: readonly Asked<Subject, Context>[],
  subject: Subject,
  context: Context,
  ref: SubjectRef,
): Said {
  const found: Found[] = []
  const unknown: FindingCode[] = []
  const elsewhere: Unjudged[] = []
  for (const rule of rules) {
    const { code } = rule
    const outcome = judgedBy(rule, subject, context)
    if (outcome === 'unknown') {
      unknown.push(code)
      continue
    }
    const { hits, unknownAt } = 'hits' in outcome ? outcome : { hits: outcome, unknownAt: NOWHERE }
    for (const one of hits) found.push({ ...one, code, subject: one.subject ?? ref })
    for (const place of unknownAt) elsewhere.push({ subject: place, codes: [code] })
  }
  return { found, unjudged: unknown.length === 0 ? elsewhere : [{ subject: ref, codes: unknown }, ...elsewhere] }
}

const NOWHERE: readonly SubjectRef[] = []

export function identityOf({ code, subject, part }: Pick<Finding, 'code' | 'subject' | 'part'>): string {
  return `${code}\n${subject.type}\n${subject.name}\n${part ?? ''}`
}
