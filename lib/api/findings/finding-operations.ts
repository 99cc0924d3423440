import { SEVERITIES } from '../../durability/observation.ts'
import { ALL_RULES } from '../../durability/rules/all-rules.ts'
import { harmRank } from '../../durability/verdict.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { FindingListAnswer, RuleListAnswer } from '../schemas/findings.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { FindingQuery } from './finding-query.ts'
import { type PlacedFinding, readFindings } from './finding-rows.ts'
import { findingSerializer, placedIdentity, toRuleAnswer } from './finding-serializers.ts'

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
    muted: { type: 'boolean', get: ({ mutes }) => mutes.length > 0 },
    mute: { type: 'word', get: ({ mutes }) => mutes.map(({ id }) => id) },
    since: { type: 'number', get: ({ finding }) => finding.atMs },
  },
}

export function listRules({ config }: ApiServices, locale: Locale): RuleListAnswer {
  return { items: ALL_RULES.map((rule) => toRuleAnswer(rule, config.rules.severity, locale)) }
}

/** Of all clusters, or of one. @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listFindings(
  services: ApiServices,
  query: FindingQuery & { clusterId: string | null },
  locale: Locale,
): Promise<FindingListAnswer> {
  const { rows, asOfMs } = await readFindings(services, query.clusterId)
  const page = pageOf(rows.filter(asked(query)), FINDING_LIST, query)
  const serialize = findingSerializer(services.config.owners, locale)
  return {
    items: page.rows.map(serialize),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(asOfMs),
    total: page.total,
  }
}

function asked({ subjectType, subject, minSeverity, muted }: FindingQuery): (placed: PlacedFinding) => boolean {
  const least = SEVERITY_RANK.get(minSeverity) ?? 0
  return ({ finding, mutes }) =>
    (SEVERITY_RANK.get(finding.severity) ?? 0) >= least &&
    (subjectType === undefined || finding.subject.type === subjectType) &&
    (subject === undefined || finding.subject.name === subject) &&
    (muted || mutes.length === 0)
}
