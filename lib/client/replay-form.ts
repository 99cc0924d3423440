/** The form of a replay: what a person chose, and the body of the request made from it. Pure. */
import type { SelectionInput } from '../api/schemas/dead-letters.ts'
import type { CreateReplayInput } from '../api/schemas/replays.ts'
import { type ChangeDraft, toSteps } from './replay-changes.ts'

export type TargetMode = CreateReplayInput['target']['mode']
export type ReplayEdit = NonNullable<CreateReplayInput['edits']>[number]

/** Records per second. `custom` takes what was typed; `unlimited` is never the default. */
export const PACES = ['careful', 'gentle', 'fast', 'custom', 'unlimited'] as const
export type Pace = (typeof PACES)[number]

export const PACE_PER_SECOND: Record<Exclude<Pace, 'custom' | 'unlimited'>, number> = {
  careful: 10,
  gentle: 100,
  fast: 1_000,
}

/** From here on a first few are sent alone, unless a person decides otherwise. */
const CANARY_FROM_RECORDS = 50

export interface ReplayForm {
  mode: TargetMode
  topic: string
  /** Empty: the queue's own. */
  clusterId: string
  pace: Pace
  /** Typed numbers stay text until they are sent, so that a half-typed one is not changed under the hand. */
  recordsPerSecond: string
  /** MiB per second; empty: no limit of bytes. */
  mebibytesPerSecond: string
  canary: boolean
  canaryCount: string
  canaryWaitSeconds: string
  brakeLag: boolean
  maxAddedLag: string
  brakeReturns: boolean
  maxReturnPercent: string
  brakeIsr: boolean
  /** After the start nothing is sent for so long. */
  graceSeconds: string
  maxAttempts: string
  keepHeaders: boolean
  acceptGuessedOrigins: boolean
  acceptQueueTargets: boolean
  /** On compacted topics: records older than what lies there under their key. */
  acceptStaleKeys: boolean
  includeHandled: boolean
  reason: string
}

/** Every switch in the position that hurts least. `records` null: their number is not known yet. */
export function firstForm(records: number | null, mode: TargetMode): ReplayForm {
  return {
    ...{ mode, topic: '', clusterId: '', pace: 'gentle', recordsPerSecond: '100', mebibytesPerSecond: '' },
    ...{ canary: records === null || records >= CANARY_FROM_RECORDS, canaryCount: '20', canaryWaitSeconds: '60' },
    ...{ brakeLag: true, maxAddedLag: '10000', brakeReturns: true, maxReturnPercent: '2', brakeIsr: true },
    ...{
      graceSeconds: '10',
      maxAttempts: '3',
      keepHeaders: false,
      acceptGuessedOrigins: false,
      acceptQueueTargets: false,
      acceptStaleKeys: false,
    },
    ...{ includeHandled: false, reason: '' },
  }
}

const FIELD_BOUNDS = {
  recordsPerSecond: { min: 0.001, max: 1e9, isWhole: false },
  mebibytesPerSecond: { min: 0.001, max: 900_000, isWhole: false },
  canaryCount: { min: 1, max: 100_000, isWhole: true },
  canaryWaitSeconds: { min: 0, max: 86_400, isWhole: true },
  maxAddedLag: { min: 1, max: Number.MAX_SAFE_INTEGER, isWhole: true },
  maxReturnPercent: { min: 0, max: 100, isWhole: false },
  graceSeconds: { min: 0, max: 300, isWhole: true },
  maxAttempts: { min: 1, max: 100, isWhole: true },
} as const

export type NumberField = keyof typeof FIELD_BOUNDS

/** Null: not a number that this field takes. */
export function numberOf(field: NumberField, text: string): number | null {
  const { min, max, isWhole } = FIELD_BOUNDS[field]
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) return null
  return isWhole && !Number.isInteger(value) ? null : value
}

export function boundsOfField(field: NumberField): { min: number; max: number } {
  return FIELD_BOUNDS[field]
}

/** The fields whose number matters with the switches as they are. */
function usedNumbers(form: ReplayForm): NumberField[] {
  return [
    ...(form.pace === 'custom' ? (['recordsPerSecond'] as const) : []),
    ...(form.mebibytesPerSecond.trim() === '' ? [] : (['mebibytesPerSecond'] as const)),
    ...(form.canary ? (['canaryCount', 'canaryWaitSeconds'] as const) : []),
    ...(form.brakeLag ? (['maxAddedLag'] as const) : []),
    ...(form.brakeReturns ? (['maxReturnPercent'] as const) : []),
    'graceSeconds',
    'maxAttempts',
  ]
}

export type FormFault = NumberField | 'topic' | 'reason'

/** What still keeps the form from being sent, in the order of the page. */
export function faultsOf(form: ReplayForm): FormFault[] {
  return [
    ...(form.mode === 'topic' && form.topic.trim() === '' ? (['topic'] as const) : []),
    ...usedNumbers(form).filter((field) => numberOf(field, form[field]) === null),
    ...(form.reason.trim() === '' ? (['reason'] as const) : []),
  ]
}

/** Null: unlimited, or not a number yet. */
export function recordsPerSecondOf(form: Pick<ReplayForm, 'pace' | 'recordsPerSecond'>): number | null {
  if (form.pace === 'unlimited') return null
  return form.pace === 'custom' ? numberOf('recordsPerSecond', form.recordsPerSecond) : PACE_PER_SECOND[form.pace]
}

/** Time of grace and behind a canary; null while a field holds no number. */
export function waitSecondsOf(form: Pick<ReplayForm, 'canary' | 'canaryWaitSeconds' | 'graceSeconds'>): number | null {
  const grace = numberOf('graceSeconds', form.graceSeconds)
  const canary = form.canary ? numberOf('canaryWaitSeconds', form.canaryWaitSeconds) : 0
  return grace === null || canary === null ? null : grace + canary
}

const MEBI = 1024 * 1024

function rateOf(form: ReplayForm): { recordsPerSecond: number | null; bytesPerSecond: number | null } {
  const mebibytes = numberOf('mebibytesPerSecond', form.mebibytesPerSecond)
  return {
    recordsPerSecond: recordsPerSecondOf(form),
    bytesPerSecond: mebibytes === null ? null : Math.max(1, Math.round(mebibytes * MEBI)),
  }
}

function brakeOf(form: ReplayForm): NonNullable<CreateReplayInput['brake']> {
  const percent = numberOf('maxReturnPercent', form.maxReturnPercent)
  return {
    maxAddedLag: form.brakeLag ? numberOf('maxAddedLag', form.maxAddedLag) : null,
    maxReturnRatio: form.brakeReturns && percent !== null ? percent / 100 : null,
    isr: form.brakeIsr ? true : null,
  }
}

/** Of a form without faults. */
export function bodyOf(
  source: { clusterId: string; topic: string; selection: SelectionInput },
  form: ReplayForm,
  edits: readonly ReplayEdit[],
  changes: readonly ChangeDraft[] = [],
): CreateReplayInput {
  const { includeHandled: _, ...selection } = source.selection
  const canaryCount = numberOf('canaryCount', form.canaryCount)
  const waitSeconds = numberOf('canaryWaitSeconds', form.canaryWaitSeconds)
  const graceSeconds = numberOf('graceSeconds', form.graceSeconds)
  const maxAttempts = numberOf('maxAttempts', form.maxAttempts)
  return {
    clusterId: source.clusterId,
    topic: source.topic,
    selection: form.includeHandled ? { ...selection, includeHandled: true } : selection,
    target: {
      mode: form.mode,
      ...(form.mode === 'topic' ? { topic: form.topic.trim() } : {}),
      ...(form.mode === 'topic' && form.clusterId !== '' ? { clusterId: form.clusterId } : {}),
    },
    ...(edits.length === 0 ? {} : { edits: [...edits] }),
    ...(changes.length === 0 ? {} : { transform: toSteps(changes) }),
    rate: rateOf(form),
    canary: form.canary && canaryCount !== null && waitSeconds !== null ? { count: canaryCount, waitSeconds } : null,
    brake: brakeOf(form),
    ...(graceSeconds === null ? {} : { graceSeconds }),
    ...(maxAttempts === null ? {} : { maxAttempts }),
    keepHeaders: form.keepHeaders,
    accept: {
      guessedOrigins: form.mode !== 'topic' && form.acceptGuessedOrigins,
      queueTargets: form.mode === 'topic' && form.acceptQueueTargets,
      staleKeys: form.acceptStaleKeys,
    },
    reason: form.reason.trim(),
  }
}
