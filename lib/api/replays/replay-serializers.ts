import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { MASK } from '../../payload/masking.ts'
import { approvalEndsAtMs } from '../../replay/approval.ts'
import { isRefusedHold } from '../../replay/brake.ts'
import type { ReplayState } from '../../replay/replay-states.ts'
import type { CodedFact, ReplayJob, ReplayPlan, ReplayRequest } from '../../replay/replay-types.ts'
import type { TransformMark, TransformStep } from '../../replay/transform.ts'
import { seesPayloads } from '../../scope.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { ReplayAnswer, ReplayPlanAnswer } from '../schemas/replays.ts'
import { round, toIso, toIsoOrNull, toNumber, toNumberOrNull, type WordChoice } from '../serialize.ts'

/** Of one queue's replay; whoever may not read payloads there is not told what people wrote about them either. */
export function toReplayAnswer(job: ReplayJob, { locale, scope, services }: RequestContext): ReplayAnswer {
  const { request, counts } = job
  const words: WordChoice = { locale, system: job.facts?.targetKind ?? 'kafka' }
  return {
    id: job.id,
    state: job.state,
    clusterId: request.clusterId,
    topic: request.topic,
    target: request.target,
    reason: request.reason,
    request: toRequestAnswer(request, seesPayloads(scope, { cluster: request.clusterId, topic: request.topic })),
    rate: job.rate,
    canary: request.canary,
    planHash: job.planHash,
    plan: job.plan === null ? null : toPlanAnswer(job.plan, request, job.facts?.transform ?? null, words),
    counts: {
      selected: toNumber(counts.selected),
      produced: toNumber(counts.produced),
      unconfirmed: toNumber(counts.unconfirmed),
      skipped: toNumber(counts.skipped),
      failed: toNumber(counts.failed),
      delivered: toNumberOrNull(counts.delivered),
      expiredInTarget: job.lost?.expiredInTarget ?? null,
      unknown: job.lost?.unknown ?? null,
      returned: toNumber(counts.returned),
    },
    deliveredBy: job.deliveredBy,
    waitsFor: job.waitsFor === null ? null : toWaitAnswer(job.waitsFor, job.state, words),
    recordsPerSecond: round(job.recordsPerSecond, 1),
    createdAt: toIso(job.createdAtMs),
    createdBy: job.createdBy,
    approvedAt: toIsoOrNull(job.approvedAtMs),
    approvedBy: job.approvedBy,
    approvalEndsAt: toIsoOrNull(approvalEndsAtMs(job, services.config.replayApproval.expiresMinutes)),
    startedAt: toIsoOrNull(job.startedAtMs),
    endedAt: toIsoOrNull(job.endedAtMs),
    error: job.error === null ? null : toErrorAnswer(job.error, words),
  }
}

function toRequestAnswer(request: ReplayRequest, isShown: boolean): ReplayAnswer['request'] {
  const { selection, edits, transform, brake, graceSeconds, maxAttempts, keepHeaders } = request
  return {
    ...(isShown ? { selection, transform } : { selection: withoutText(selection), transform: transform.map(placeOf) }),
    isWithheld: !isShown,
    ...{ edits: edits.length, brake, graceSeconds, maxAttempts, keepHeaders },
  }
}

function withoutText({ key, q, ...selection }: ReplayRequest['selection']): ReplayRequest['selection'] {
  return { ...selection, ...(key === undefined ? {} : { key: MASK }), ...(q === undefined ? {} : { q: MASK }) }
}

function placeOf(step: TransformStep): TransformStep {
  if (step.kind === 'setValue') return { ...step, json: MASK }
  return step.kind === 'setHeader' && step.value !== null ? { ...step, value: MASK } : step
}

function toPlanAnswer(
  plan: ReplayPlan,
  { target }: ReplayRequest,
  transform: TransformMark | null,
  words: WordChoice,
): ReplayPlanAnswer {
  return {
    transform,
    messages: toNumber(plan.messages),
    bytes: toNumber(plan.bytes),
    targets: plan.targets.map(({ topic, messages, bytes }) => ({
      clusterId: target.clusterId,
      topic,
      messages: toNumber(messages),
      bytes: toNumber(bytes),
    })),
    affectedGroups: plan.affectedGroups,
    warnings: plan.warnings.map(({ code, count, facts }) => ({
      code,
      message: text(words, `warnings.${code}`, { ...facts, count: Number(count ?? 0n) }),
      count: toNumberOrNull(count),
    })),
    skipped: plan.skipped.map(({ code, count }) => ({
      code,
      message: text(words, `skipped.${code}`, {}),
      count: toNumber(count),
    })),
    delivery: plan.delivery,
    estimatedSeconds: plan.estimatedSeconds,
    estimateBasis: plan.estimateBasis,
    needsApproval: plan.needsApproval,
    removedHeaders: plan.removedHeaders.map(({ key, count }) => ({ key, count: toNumber(count) })),
  }
}

/** Why a single record was left out or failed, or what is to be known of one that was sent. */
export function outcomeText(kind: 'skipped' | 'failures' | 'notes', code: string, locale: Locale): string {
  return text({ locale, system: 'kafka' }, `${kind}.${code}`, {})
}

function text({ locale, system }: WordChoice, key: string, facts: CodedFact['facts']): string {
  return translate(locale, 'replayCodes', key, facts, system)
}

function toWaitAnswer(reason: CodedFact, state: ReplayState, words: WordChoice): NonNullable<ReplayAnswer['waitsFor']> {
  const canResume = (state === 'paused' || state === 'braked') && !isRefusedHold(reason.code)
  return { code: reason.code, message: waitText(reason, words), canResume }
}

function waitText({ code, facts }: CodedFact, words: WordChoice): string {
  return code === 'clusterFault' ? faultText(facts, 'message', words) : text(words, `waits.${code}`, facts)
}

function toErrorAnswer({ code, facts }: CodedFact, words: WordChoice): NonNullable<ReplayAnswer['error']> {
  if (code === 'clusterFault') {
    return { code, message: faultText(facts, 'message', words), fix: faultText(facts, 'fix', words) }
  }
  const named = typeof facts.error === 'string' ? { ...facts, error: refusalText(facts, words) } : facts
  return { code, message: text(words, `errors.${code}.message`, named), fix: text(words, `errors.${code}.fix`, named) }
}

function faultText(facts: CodedFact['facts'], part: 'message' | 'fix', { locale, system }: WordChoice): string {
  return translate(locale, 'faults', `${facts.fault}.${part}`, facts, system)
}

function refusalText(facts: CodedFact['facts'], { locale }: WordChoice): string {
  return translate(locale, 'errors', `${facts.error}.title`, facts)
}
