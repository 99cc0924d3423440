import { z } from 'zod'
import { END_REASONS, SHOWN_STATES, STORED_STATES, TRANSITION_REASONS } from '../../alerts/alert.ts'
import { count, facts, isoTime, listOf, severity, subject } from './common.ts'
import { deliveryAnswer } from './deliveries.ts'
import { muteOf } from './mutes.ts'
import { seriesOfAnswer } from './series.ts'

export const alertState = z.enum(SHOWN_STATES)

const labels = z.record(z.string(), z.string())

export const alert = z.object({
  /** Of one episode: what comes back later is another alert. */
  id: z.string(),
  /** A built-in rule's code, or the id of one in the configuration. */
  ruleCode: z.string(),
  /** The gravest that it was. */
  severity,
  clusterId: z.string(),
  subject,
  /** Tells several at one subject apart, such as a log dir or a partition of a group; null where there is one. */
  part: z.string().nullable(),
  /** Of its rule, and `team` of whoever looks after the subject. */
  labels,
  /** `pollError`: its cluster cannot be polled, and nobody knows how it is. */
  state: alertState,
  /** It came and went so often that it is held. */
  isFlapping: z.boolean(),
  /** When it was first seen to hold, and when it had held for long enough; the latter is null while it is pending. */
  startedAt: isoTime,
  firedAt: isoTime.nullable(),
  /** Null while it is open. */
  endedAt: isoTime.nullable(),
  endReason: z.enum(END_REASONS).nullable(),
  title: z.string(),
  summary: z.string(),
  /** As they were when its state changed last. */
  facts,
  runbook: z.string().nullable(),
  acknowledgedAt: isoTime.nullable(),
  acknowledgedBy: z.string().nullable(),
  note: z.string().nullable(),
  /** Id of the open alert that tells it as well; null: it is told by itself. */
  inhibitedBy: z.string().nullable(),
  /** Why nobody is told of it now, of several the one that lasts longest. */
  silence: z.object({ id: z.string(), reason: z.string(), untilAt: isoTime }).nullable(),
  /** What hides it now, the one that lasts longest; null: it is not muted. */
  mute: muteOf.nullable(),
})
export type AlertAnswer = z.infer<typeof alert>

export const alertList = listOf(alert)
export type AlertListAnswer = z.infer<typeof alertList>

export const alertDetail = alert.extend({
  transitions: z.array(
    z.object({
      at: isoTime,
      /** Null: there was no alert. */
      from: z.enum(STORED_STATES).nullable(),
      to: z.enum(STORED_STATES),
      reason: z.enum(TRANSITION_REASONS),
      severity,
      isInhibited: z.boolean(),
    }),
  ),
  /** What receivers were told of it and are still to be told, the oldest first; the newest 200, of the last 30 days. */
  deliveries: z.array(deliveryAnswer),
})
export type AlertDetailAnswer = z.infer<typeof alertDetail>

export const acknowledgeAlertBody = z.strictObject({ note: z.string().trim().max(1_000).default('') })

/** As a person writes it: under `alerts.rules` in the configuration, or in the body of what adds and changes one. */
const alertRuleDefinition = z.object({
  id: z.string(),
  /** Either `finding` or `series`. */
  when: z.object({
    finding: z.string().optional(),
    fromSeverity: severity.optional(),
    series: z.string().optional(),
    labels,
  }),
  raiseAbove: z.number().optional(),
  clearBelow: z.number().optional(),
  raiseBelow: z.number().optional(),
  clearAbove: z.number().optional(),
  severity: severity.optional(),
  forSeconds: z.number(),
  keepFiringForSeconds: z.number(),
  labels,
  runbook: z.string().optional(),
})
export type AlertRuleDefinitionAnswer = z.infer<typeof alertRuleDefinition>

const written = {
  /** These two are null of rules that are built in or stand in the configuration file. */
  createdAt: isoTime.nullable(),
  createdBy: z.string().nullable(),
  /** Null: it is as it was written first. */
  changedAt: isoTime.nullable(),
  changedBy: z.string().nullable(),
}

export const alertRule = z.object({
  code: z.string(),
  isBuiltIn: z.boolean(),
  /** `file`: it stands under `alerts.rules` in the configuration and can only be changed there. */
  source: z.enum(['builtIn', 'file', 'runtime']),
  ...written,
  /** The configuration says otherwise than the built-in rule. */
  isTuned: z.boolean(),
  /** The configuration turned it off. */
  isOff: z.boolean(),
  title: z.string(),
  when: z.object({
    kind: z.enum(['finding', 'series', 'loss']),
    /** A check's code, a metric or a kind of loss. */
    code: z.string(),
    /** Of a finding: from which severity on. */
    fromSeverity: severity.nullable(),
    labels,
    raiseAbove: z.number().nullable(),
    clearBelow: z.number().nullable(),
    raiseBelow: z.number().nullable(),
    clearAbove: z.number().nullable(),
  }),
  /** Null: as grave as what is found. */
  severity: severity.nullable(),
  forSeconds: z.number(),
  keepFiringForSeconds: z.number(),
  labels,
  runbook: z.string().nullable(),
  /** To be changed and given back; null: it is built in. */
  definition: alertRuleDefinition.nullable(),
  /** Alerts of it that fire now, in all clusters, muted ones left out. */
  firing: count,
})
export type AlertRuleAnswer = z.infer<typeof alertRule>

/** Stored, and not evaluated. */
const unusableRule = z.object({
  code: z.string(),
  /**
   * `unreadable`: this version of the console can make no rule of it, which may be changed or removed. `inFile`: the
   * configuration file has one of the same code, and that one counts.
   */
  reason: z.enum(['unreadable', 'inFile']),
  /** As it is stored. */
  definition: z.string(),
  ...written,
})
export type UnusableRuleAnswer = z.infer<typeof unusableRule>

export const alertRuleList = z.object({ items: z.array(alertRule), unusable: z.array(unusableRule) })
export type AlertRuleListAnswer = z.infer<typeof alertRuleList>

export const alertPreview = z.object({
  clusterId: z.string(),
  from: isoTime,
  to: isoTime,
  /** How often it would have fired. */
  times: count,
  subjects: count,
  /** Those that fired last, at most 200. */
  episodes: z.array(
    z.object({
      subject,
      part: z.string().nullable(),
      firedAt: isoTime,
      /** Null: it would fire still. */
      endedAt: isoTime.nullable(),
    }),
  ),
  /** Of numbers: how far apart those are that it was run over. What held for less may have been taken for longer. */
  stepSeconds: z.number().nullable(),
  /** Since when anything of the cluster is stored, at most `from`; null: nothing is, and nobody can tell what would have fired. */
  recordedFrom: isoTime.nullable(),
  /** How long nobody looked since then, within the range: what happened meanwhile is not among `episodes`. */
  unseenSeconds: z.number(),
  /** Of a rule about a number; null of others. */
  chart: z
    .object({
      metric: z.string(),
      unit: z.string(),
      stepSeconds: z.number(),
      /** Those that fired most often, then those that came closest to the mark; at most 5. */
      series: z.array(
        seriesOfAnswer.extend({
          /** `to` null: it would fire still. */
          firing: z.array(z.object({ from: isoTime, to: isoTime.nullable() })),
        }),
      ),
      /** Of how many that the rule is about. */
      total: count,
    })
    .nullable(),
})
export type AlertPreviewAnswer = z.infer<typeof alertPreview>

export const silenceAnswer = z.object({
  id: z.string(),
  /** Globs over the rule's code, the cluster's id and the subject's name. */
  code: z.string(),
  cluster: z.string(),
  subject: z.string(),
  /** Null: of any. */
  severity: severity.nullable(),
  reason: z.string(),
  /** Null: since ever. */
  fromAt: isoTime.nullable(),
  untilAt: isoTime,
  /** `file`: it stands in the configuration file and can only be changed there. */
  source: z.enum(['file', 'runtime']),
  /** Null in the configuration file. */
  createdAt: isoTime.nullable(),
  createdBy: z.string().nullable(),
  isActive: z.boolean(),
  /** Of how many open alerts nobody is told because of it. */
  alerts: count,
})
export type SilenceAnswer = z.infer<typeof silenceAnswer>

export const silenceList = listOf(silenceAnswer)
export type SilenceListAnswer = z.infer<typeof silenceList>
