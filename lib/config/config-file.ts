/** The configuration file: parsed, expanded and checked against its schema, with every fault located. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { ownProfiles } from '../dlq/all-profiles.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import { DEFAULT_LOCALE } from '../i18n/locale.ts'
import { type MaskingRule, maskingRules } from '../payload/masking.ts'
import { type AlertConfig, alertSettings } from './alerts.ts'
import { clusterInput, toClusterConfig } from './cluster-schema.ts'
import type { ConfigFault } from './config-fault.ts'
import { pathText } from './config-fault.ts'
import { issueText } from './issue-text.ts'
import { type Owner, owners } from './owners.ts'
import { allowedNetworks, type Receiver, takesReports } from './receivers.ts'
import { type ReportSettings, reportSettings } from './reports.ts'
import { type RuleSettings, ruleSettings } from './rules.ts'
import { type NamedToken, tokens } from './tokens.ts'
import { type Environment, parseYamlFile, readText, type YamlFile } from './yaml-file.ts'

const APPROVAL_MINUTES = 60
const DAY_MINUTES = 24 * 60

const patterns = z.array(z.string().min(1)).default([])

/** Clusters are checked one by one, so that a fault in one does not hide those of another. */
const fileSchema = z.strictObject({
  clusters: z.array(z.unknown()).nullish(),
  poll: z
    .strictObject({ intervalSeconds: z.int().min(1).max(3600).default(15) })
    .nullish()
    .transform((poll) => poll ?? { intervalSeconds: 15 }),
  history: z
    .strictObject({
      rawHours: z.int().min(1).default(48),
      fiveMinuteDays: z.int().min(1).default(30),
      hourlyDays: z.int().min(1).default(400),
    })
    .nullish()
    .transform((history) => history ?? { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }),
  dlq: z
    .strictObject({ include: patterns, exclude: patterns, profiles: ownProfiles })
    .nullish()
    .transform((dlq) => dlq ?? { include: [], exclude: [], profiles: [] }),
  masking: maskingRules,
  metrics: z
    .strictObject({ public: z.boolean().default(false) })
    .nullish()
    .transform((metrics) => metrics ?? { public: false }),
  owners,
  rules: ruleSettings,
  reports: reportSettings,
  alerts: alertSettings,
  security: z
    .looseObject({
      receiverAllowedNetworks: allowedNetworks,
      replayApproval: z
        .strictObject({
          minMessages: z.int().min(1).nullish(),
          clusters: z.array(z.string().min(1)).default([]),
          // A plan lasts a day: an approval of it is over with that.
          expiresMinutes: z.int().min(1).max(DAY_MINUTES).default(APPROVAL_MINUTES),
        })
        .nullish(),
      tokens,
    })
    .nullish(),
  probes: z.unknown().optional(),
})

export interface FileConfig {
  clusters: ClusterConfig[]
  poll: { intervalSeconds: number }
  history: { rawHours: number; fiveMinuteDays: number; hourlyDays: number }
  /** `profiles` are the user's own; `allProfiles` puts them in front of the built-in ones. */
  dlq: { include: string[]; exclude: string[]; profiles: DlqProfile[] }
  masking: MaskingRule[]
  metrics: { public: boolean }
  /** Which replays a second person must approve: of so many messages (null: no number), of these clusters. And for how long. */
  replayApproval: { minMessages: number | null; clusters: string[]; expiresMinutes: number }
  /** Beside those of the environment. */
  tokens: NamedToken[]
  owners: Owner[]
  rules: RuleSettings
  reports: ReportSettings
  receivers: Receiver[]
  /** Where receivers may stand although nobody else could reach them there; also lifts the limits on port and scheme. */
  receiverAllowedNetworks: string[]
  alerts: AlertConfig
  /** Parts that are accepted but not read yet, as they stand in the file. */
  unread: {
    security: unknown
    probes: unknown
  }
}

export function readConfigFile(path: string | null, env: Environment, faults: ConfigFault[]): FileConfig | null {
  const text =
    path === null
      ? ''
      : readText(path, (reason) =>
          faults.push({
            file: path,
            line: null,
            path: 'HOLDFAST_CONFIG',
            reason,
          }),
        )
  const file = path ?? 'holdfast.yaml'
  const yaml = parseYamlFile(file, text, env)
  faults.push(...yaml.faults)
  if (yaml.value === null && yaml.faults.length > 0) return null
  const parsed = fileSchema.safeParse(yaml.value ?? {})
  if (!parsed.success) faults.push(...issuesToFaults(parsed.error.issues, [], file, yaml))
  const clusters = readClusters(yaml, file, faults)
  if (!parsed.success) return null
  const { poll, history, dlq, masking, metrics, reports, security, probes } = parsed.data
  const { receivers, ...alerts } = parsed.data.alerts
  faults.push(...findReportsToNobody(reports, receivers, file, yaml))
  faults.push(...findTokensOfTheEnvironment(security?.tokens ?? [], env, file, yaml))
  return {
    clusters,
    poll,
    history,
    dlq,
    masking,
    metrics,
    replayApproval: {
      minMessages: security?.replayApproval?.minMessages ?? null,
      clusters: security?.replayApproval?.clusters ?? [],
      expiresMinutes: security?.replayApproval?.expiresMinutes ?? APPROVAL_MINUTES,
    },
    tokens: security?.tokens ?? [],
    owners: parsed.data.owners,
    rules: parsed.data.rules,
    reports,
    alerts,
    receivers,
    receiverAllowedNetworks: security?.receiverAllowedNetworks ?? [],
    unread: { security, probes },
  }
}

/** What stands in the file and does nothing yet. */
export function unreadPaths({ unread }: Pick<FileConfig, 'unread'>): string[] {
  return unread.probes == null ? [] : ['probes']
}

/** `holdfast.yaml` in the folder is optional; a file that the environment names is not. */
export function findConfigFile(env: Environment, cwd: string): string | null {
  if (env.HOLDFAST_CONFIG) return resolve(cwd, env.HOLDFAST_CONFIG)
  const usual = resolve(cwd, 'holdfast.yaml')
  return existsSync(usual) ? usual : null
}

function readClusters(yaml: YamlFile, file: string, faults: ConfigFault[]): ClusterConfig[] {
  const entries = (yaml.value as { clusters?: unknown } | null)?.clusters
  if (!Array.isArray(entries)) return []
  faults.push(...findDuplicateIds(entries, file, yaml))
  return entries.flatMap((entry: unknown, index) => {
    const parsed = clusterInput.safeParse(entry)
    if (!parsed.success) {
      faults.push(...issuesToFaults(parsed.error.issues, ['clusters', index], file, yaml))
      return []
    }
    return [
      toClusterConfig(parsed.data, (key, path) =>
        readText(resolve(dirname(file), path), (reason) => {
          const at = ['clusters', index, 'tls', key]
          faults.push({
            file,
            line: yaml.lineOf(at),
            path: pathText(at),
            reason,
          })
        }),
      ),
    ]
  })
}

function findDuplicateIds(entries: unknown[], file: string, yaml: YamlFile): ConfigFault[] {
  const seen = new Set<unknown>()
  return entries.flatMap((entry, index) => {
    const id = (entry as { id?: unknown } | null)?.id
    const isDuplicate = id !== undefined && seen.has(id)
    seen.add(id)
    const path = ['clusters', index, 'id']
    return isDuplicate
      ? [
          {
            file,
            line: yaml.lineOf(path),
            path: pathText(path),
            reason: 'is used by two clusters',
          },
        ]
      : []
  })
}

/** One that the file does not have may have been added at run time. */
function findReportsToNobody(
  reports: ReportSettings,
  receivers: readonly Receiver[],
  file: string,
  yaml: YamlFile,
): ConfigFault[] {
  return reports.receivers.flatMap((id, index) => {
    const receiver = receivers.find((one) => one.id === id)
    if (receiver === undefined || takesReports(receiver)) return []
    const path = ['reports', 'receivers', index]
    return [
      { file, line: yaml.lineOf(path), path: pathText(path), reason: issueText('issue:noReports', DEFAULT_LOCALE) },
    ]
  })
}

/** One person must not be two: what one token asks for, the other could approve. */
function findTokensOfTheEnvironment(
  named: readonly NamedToken[],
  env: Environment,
  file: string,
  yaml: YamlFile,
): ConfigFault[] {
  const taken = [env.HOLDFAST_ADMIN_TOKEN, env.HOLDFAST_APPROVER_TOKEN]
  return named.flatMap(({ token }, index) => {
    if (!taken.includes(token)) return []
    const path = ['security', 'tokens', index, 'token']
    const reason = issueText('issue:tokenOfEnvironment', DEFAULT_LOCALE)
    return [{ file, line: yaml.lineOf(path), path: pathText(path), reason }]
  })
}

function issuesToFaults(
  issues: readonly z.core.$ZodIssue[],
  prefix: PropertyKey[],
  file: string,
  yaml: YamlFile,
): ConfigFault[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path]
    const at = (where: PropertyKey[], reason: string): ConfigFault => ({
      file,
      line: yaml.lineOf(where),
      path: pathText(where),
      reason,
    })
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => at([...path, key], 'is not a known setting'))
    if (issue.code === 'invalid_key') return [at(path, 'is not a known setting')]
    return [at(path, reasonOf(issue))]
  })
}

/** Zod's own words name types and allowed values only, never the value that was given. */
function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('undefined'))
    return 'is required'
  if (issue.code === 'invalid_union' && issue.discriminator) return `must have a known ${issue.discriminator}`
  return issueText(issue.message, DEFAULT_LOCALE)
}
