'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { CheckColumnAnswer, CheckRowAnswer } from '../../lib/api/schemas/checks.ts'
import { filterOfCell, isFound, isNoted } from '../../lib/client/check-views.ts'
import type { CellState, MatrixSubject } from '../../lib/durability/check-states.ts'
import { findingsHref } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { SubjectLink } from '../ui/subject-link.tsx'
import { CellMark } from './cell-mark.tsx'

interface ColumnOptions {
  clusterId: string
  subjectType: MatrixSubject
  checks: readonly CheckColumnAnswer[]
}

/** The subject, then a thin column per check. */
export function useCheckColumns({ clusterId, subjectType, checks }: ColumnOptions): DataColumn<CheckRowAnswer>[] {
  const t = useTranslations('risk.matrix')
  return useMemo(
    () => [
      {
        id: 'name',
        header: t(`subject.${subjectType}`),
        className: 'w-full min-w-40',
        sortKey: 'name',
        cell: ({ name }) => (
          <span className="block truncate max-sm:font-semibold" title={name}>
            <SubjectLink clusterId={clusterId} subject={{ type: subjectType, name }}>
              {name}
            </SubjectLink>
          </span>
        ),
      },
      ...checks.map((check, place): DataColumn<CheckRowAnswer> => {
        const stateOf = ({ cells }: CheckRowAnswer): CellState => cells[place] ?? 'unknown'
        return {
          id: check.code,
          header: check.title,
          hint: t('counts', { found: check.found, muted: check.muted, unknown: check.unknown }),
          isNarrow: true,
          isWide: true,
          align: 'end',
          sortKey: check.code,
          cell: (row) => (
            <Cell clusterId={clusterId} subjectType={subjectType} check={check} row={row} state={stateOf(row)} />
          ),
          inCard: (row) => isNoted(stateOf(row)),
        }
      }),
    ],
    [t, clusterId, subjectType, checks],
  )
}

interface CellProps {
  clusterId: string
  subjectType: MatrixSubject
  check: CheckColumnAnswer
  row: CheckRowAnswer
  state: CellState
}

/** A mark on wide screens, with its word on narrow ones. Where something was found, it leads there. */
function Cell({ clusterId, subjectType, check, row, state }: CellProps): ReactElement {
  const t = useTranslations('risk.matrix.states')
  const mark = (
    <span
      title={`${check.title}: ${t(state)}`}
      className="inline-flex min-h-6 min-w-6 items-center justify-center gap-1.5"
    >
      <CellMark state={state} />
      <span className="sm:sr-only">{t(state)}</span>
    </span>
  )
  if (!isFound(state)) return mark
  const href = findingsHref(clusterId, filterOfCell(check.code, subjectType, row.name))
  return (
    <Link href={href} prefetch={false} className="inline-block rounded-sm hover:bg-line2">
      <span className="sr-only">{check.title}: </span>
      {mark}
    </Link>
  )
}
