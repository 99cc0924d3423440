/** The checks of a cluster against its topics, groups or brokers, from the newest poll. */
import type { ClusterKind } from '../../cluster/snapshot.ts'
import { csvLine } from '../../csv.ts'
import { type CheckMatrix, type CheckRow, checkMatrix, severityRank } from '../../durability/check-matrix.ts'
import type { CellState, MatrixSubject } from '../../durability/check-states.ts'
import { isActive, isMutedNow } from '../../durability/mutes.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import type { ListDefinition, ListField } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { CheckColumnAnswer, CheckListAnswer } from '../schemas/checks.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { CheckQuery } from './check-query.ts'

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listChecks(
  services: ApiServices,
  clusterId: string,
  query: CheckQuery,
  locale: Locale,
): Promise<CheckListAnswer> {
  const { columns, asOf, ...list } = await readList(services, clusterId, query, locale)
  const page = pageOf(list.rows, list.definition, query)
  return {
    columns,
    items: page.rows.map(({ name, cells }) => ({ name, cells: [...cells] })),
    nextCursor: page.nextCursor,
    asOf,
    total: page.total,
  }
}

/** The whole list, with the checks by their codes. @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function checksAsCsv(
  services: ApiServices,
  clusterId: string,
  query: Omit<CheckQuery, 'limit' | 'cursor'>,
  locale: Locale,
): Promise<string> {
  const { columns, rows, definition } = await readList(services, clusterId, query, locale)
  const whole = pageOf(rows, definition, { q: query.q, sort: query.sort, limit: rows.length })
  const head = [query.subjectType, ...columns.map(({ code }) => code)]
  const lines = [head, ...whole.rows.map(({ name, cells }) => [name, ...cells])]
  return lines.map((cells) => `${csvLine(cells)}\r\n`).join('')
}

interface CheckListed {
  columns: CheckColumnAnswer[]
  rows: readonly CheckRow[]
  definition: ListDefinition<CheckRow>
  asOf: string | null
}

async function readList(
  services: ApiServices,
  clusterId: string,
  query: Omit<CheckQuery, 'limit' | 'cursor'>,
  locale: Locale,
): Promise<CheckListed> {
  const { config } = await getClusterOrThrow(services, clusterId)
  const summary = await services.snapshots.summary(clusterId)
  const matrix = await readMatrix(services, clusterId, config.kind, query.subjectType)
  const rows = query.internal ? matrix.rows : matrix.rows.filter(({ internal }) => !internal)
  const isAsked = query.show === 'all' ? () => true : isAmiss(matrix, query)
  return {
    columns: columnsOf(matrix, rows, services, config.kind, locale),
    rows: rows.filter(isAsked),
    definition: definitionOf(matrix),
    asOf: toIsoOrNull(summary?.lastPollAtMs ?? null),
  }
}

/** Kept as long as what it was made of, which is from one poll to the next. */
const kept = new WeakMap<object, { madeOf: readonly unknown[]; matrix: CheckMatrix }>()

async function readMatrix(
  { snapshots, mutes, now }: ApiServices,
  clusterId: string,
  kind: ClusterKind,
  type: MatrixSubject,
): Promise<CheckMatrix> {
  const lists = { topic: snapshots.topics, group: snapshots.groups, broker: snapshots.brokers }
  const [subjects, findings, unjudged, groups, all] = await Promise.all([
    lists[type](clusterId),
    snapshots.findings(clusterId),
    snapshots.unjudged(clusterId),
    snapshots.groups(clusterId),
    mutes.list(),
  ])
  const active = all.filter((mute) => isActive(mute, now()))
  // Without its findings nothing is known of a poll; the next one stores them.
  const judged = findings === null ? null : unjudged
  const madeOf = [findings, judged, groups, ...active.map(({ id }) => id)]
  const known = subjects === null ? undefined : kept.get(subjects)
  if (known !== undefined && isSame(known.madeOf, madeOf)) return known.matrix
  const isMuted = isMutedNow(active, clusterId, now())
  const input = { kind, findings: findings ?? [], isMuted, unjudged: judged, groups: groups ?? [] }
  const matrix = checkMatrix(type, subjects ?? [], input)
  if (subjects !== null) kept.set(subjects, { madeOf, matrix })
  return matrix
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index])
}

function isAmiss(
  { columns }: CheckMatrix,
  { minSeverity, muted }: Pick<CheckQuery, 'minSeverity' | 'muted'>,
): (row: CheckRow) => boolean {
  const least = severityRank(minSeverity)
  return ({ cells }) =>
    cells.some(
      (state, index) =>
        severityRank(state) >= least ||
        (muted && state === 'muted') ||
        (state === 'unknown' && columns[index]?.isUnknown === false),
    )
}

function columnsOf(
  { columns }: CheckMatrix,
  rows: readonly CheckRow[],
  { config }: ApiServices,
  kind: ClusterKind,
  locale: Locale,
): CheckColumnAnswer[] {
  return columns.map(({ rule, isUnknown }, index) => {
    const countOf = (isCounted: (state: CellState | undefined) => boolean): number =>
      rows.filter(({ cells }) => isCounted(cells[index])).length
    return {
      code: rule.code,
      severity: config.rules.severity[rule.code] ?? rule.severity,
      title: translate(locale, 'findings', `${rule.code}.title`, {}, kind),
      found: countOf((state) => severityRank(state) >= 0),
      muted: countOf((state) => state === 'muted'),
      unknown: countOf((state) => state === 'unknown'),
      isUnknown,
    }
  })
}

/** A check is sorted by what it found; between equals, and first of all, by how much is amiss with the whole row. */
function definitionOf({ columns }: CheckMatrix): ListDefinition<CheckRow> {
  const codesWhere = (row: CheckRow, isMeant: (state: CellState) => boolean): string[] =>
    columns.flatMap(({ rule }, index) => (isMeant(row.cells[index] ?? 'passed') ? rule.code : []))
  const isFound = (state: CellState): boolean => severityRank(state) >= 0
  const byCheck = columns.map(({ rule }, index): [string, ListField<CheckRow>] => [
    rule.code,
    { type: 'word', get: ({ cells }) => cells[index] ?? null, rank: ({ cells }) => stateRank(cells[index]) },
  ])
  return {
    key: 'name',
    defaultSort: '-urgency',
    aliases: { topic: ['name'], group: ['name'], broker: ['name'], code: ['found'] },
    fields: {
      name: { type: 'text', get: ({ name }) => name },
      internal: { type: 'boolean', get: ({ internal }) => internal },
      found: { type: 'text', get: (row) => codesWhere(row, isFound) },
      unknown: { type: 'text', get: (row) => codesWhere(row, (state) => state === 'unknown') },
      muted: { type: 'text', get: (row) => codesWhere(row, (state) => state === 'muted') },
      severity: {
        type: 'word',
        get: ({ cells }) => gravest(cells),
        rank: ({ cells }) => stateRank(gravest(cells) ?? 'passed'),
      },
      urgency: { type: 'number', get: urgencyOf },
      ...Object.fromEntries(byCheck),
    },
  }
}

function gravest(cells: readonly CellState[]): CellState | null {
  const worst = cells.reduce(
    (one, other) => (severityRank(other) > severityRank(one) ? other : one),
    cells[0] ?? 'passed',
  )
  return severityRank(worst) < 0 ? null : worst
}

const QUIET: readonly CellState[] = ['notApplicable', 'passed', 'muted', 'unknown']

function stateRank(state: CellState | undefined): number | null {
  if (state === undefined) return null
  const rank = severityRank(state)
  return rank < 0 ? QUIET.indexOf(state) : QUIET.length + rank
}

/** The gravest decides, then how many are as grave, and at last how much is unknown. */
function urgencyOf({ cells }: CheckRow): number {
  const worst = severityRank(gravest(cells) ?? undefined)
  const asGrave = worst < 0 ? 0 : cells.filter((state) => severityRank(state) === worst).length
  const unknown = cells.filter((state) => state === 'unknown').length
  return ((worst + 1) * PLACES + asGrave) * PLACES + unknown
}

/** More than there are checks. */
const PLACES = 1_000
