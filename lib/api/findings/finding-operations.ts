import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { type Finding, SEVERITIES } from '../../durability/observation.ts'
import { ALL_RULES } from '../../durability/rules/all-rules.ts'
import { harmRank } from '../../durability/verdict.ts'
import { HoldfastError } from '../../errors.ts'
import type { ClusterSummary } from '../../history/snapshot-store.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { createRowCache } from '../row-cache.ts'
import type { FindingListAnswer, RuleListAnswer } from '../schemas/findings.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { FindingQuery } from './finding-query.ts'
import { findingSerializer, type PlacedFinding, placedIdentity, toRuleAnswer } from './finding-serializers.ts'

const cache = createRowCache<Finding>((snapshots, clusterId) => snapshots.findings(clusterId))

const SEVERITY_RANK = new Map<string, number>(SEVERITIES.map((severity, rank) => [severity, rank]))

const FINDING_LIST: ListDefinition<PlacedFinding> = {
  key: 'id',
  defaultSort: '-urgency',
  aliases: { cluster: ['clusterId'], topic: ['subject'], group: ['subject'], broker: ['subject'] },
  fields: {
    id: { type: 'text', get: ({ cluster, finding }) => placedIdentity(cluster.id, finding) },
    code: { type: 'text', get: ({ finding }) => finding.code },
    severity: {
      type: 'word',
      get: ({ finding }) => finding.severity,
      rank: ({ finding }) => SEVERITY_RANK.get(finding.severity) ?? null,
    },
    /** The gravest, and among these what hurts soonest. */
    urgency: { type: 'number', get: ({ finding }) => -harmRank(finding) },
    clusterId: { type: 'word', get: ({ cluster }) => cluster.id },
    subject: { type: 'text', get: ({ finding }) => finding.subject.name },
    subjectType: { type: 'word', get: ({ finding }) => finding.subject.type },
    since: { type: 'number', get: ({ finding }) => finding.atMs },
  },
}

export function listRules(locale: Locale): RuleListAnswer {
  return { items: ALL_RULES.map((rule) => toRuleAnswer(rule, locale)) }
}

/** Of all clusters, or of one. @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listFindings(
  services: ApiServices,
  query: FindingQuery & { clusterId: string | null },
  locale: Locale,
): Promise<FindingListAnswer> {
  const registered = (await services.registry.list()).map(({ config }) => config)
  const clusters = registered.filter(({ id }) => query.clusterId === null || id === query.clusterId)
  if (query.clusterId !== null && clusters.length === 0) {
    throw new HoldfastError('cluster_not_found', { cluster: query.clusterId })
  }
  const summaries = new Map((await services.snapshots.summaries()).map((summary) => [summary.clusterId, summary]))
  const polled = clusters.filter(({ id }) => summaries.get(id)?.lastPollAtMs != null)
  const rows = await Promise.all(polled.map((cluster) => rowsOf(services, cluster, summaries.get(cluster.id) ?? null)))
  const page = pageOf(rows.flat().filter(asked(query)), FINDING_LIST, query)
  const serialize = findingSerializer(services.config.owners, locale)
  const oldest = polled.map(({ id }) => summaries.get(id)?.lastPollAtMs ?? 0)
  return {
    items: page.rows.map(serialize),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(oldest.length === 0 ? null : Math.min(...oldest)),
    total: page.total,
  }
}

async function rowsOf(
  { snapshots }: ApiServices,
  cluster: ClusterConfig,
  summary: ClusterSummary | null,
): Promise<PlacedFinding[]> {
  return (await cache.rows(snapshots, summary)).map((finding) => ({ cluster, finding }))
}

function asked({ subjectType, subject, minSeverity }: FindingQuery): (placed: PlacedFinding) => boolean {
  const least = SEVERITY_RANK.get(minSeverity) ?? 0
  return ({ finding }) =>
    (SEVERITY_RANK.get(finding.severity) ?? 0) >= least &&
    (subjectType === undefined || finding.subject.type === subjectType) &&
    (subject === undefined || finding.subject.name === subject)
}
