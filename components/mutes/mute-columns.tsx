'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { filterOfMute } from '../../lib/client/mute-views.ts'
import { Unmute } from '../findings/unmute.tsx'
import { PLACE_HREF } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { RelativeTime } from '../ui/values.tsx'

/** @param mayEnd whoever looks may end those that were made at run time */
export function useMuteColumns(mayEnd: boolean): DataColumn<MuteAnswer>[] {
  const t = useTranslations('risk.mutes')
  return useMemo(() => {
    const columns: DataColumn<MuteAnswer>[] = [
      {
        id: 'code',
        header: t('columns.code'),
        className: 'w-[26%] min-w-48',
        sortKey: 'code',
        cell: (row) => <Pattern mute={row} />,
      },
      {
        id: 'reason',
        header: t('columns.reason'),
        className: 'min-w-48',
        sortKey: 'reason',
        isWide: true,
        canHide: false,
        cell: (row) => <Reason mute={row} />,
      },
      {
        id: 'hides',
        header: t('columns.hides'),
        className: 'min-w-28',
        cell: (row) => <Hidden mute={row} />,
      },
      {
        id: 'until',
        header: t('columns.until'),
        className: 'w-36 min-w-32',
        align: 'end',
        sortKey: 'untilAt',
        cell: (row) => <RelativeTime at={row.untilAt} />,
      },
    ]
    if (mayEnd) {
      columns.push({
        id: 'end',
        header: t('columns.end'),
        className: 'w-40 min-w-36',
        align: 'end',
        canHide: false,
        cell: (row) =>
          row.isActive && row.source === 'runtime' ? <Unmute id={row.id} count={row.findings + row.losses} /> : null,
      })
    }
    return columns
  }, [t, mayEnd])
}

/** Which check, and under it where. */
function Pattern({ mute: { code, cluster, subject } }: { mute: MuteAnswer }): ReactElement {
  const t = useTranslations('risk.mutes')
  const where = t('where', {
    cluster: cluster === '*' ? t('anyCluster') : cluster,
    subject: subject === '*' ? t('anySubject') : subject,
  })
  return (
    <span className="block min-w-0 py-1">
      <code className="block truncate font-mono text-xs max-sm:whitespace-normal" title={code}>
        {code}
      </code>
      <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={where}>
        {where}
      </span>
    </span>
  )
}

/** Why, and under it who said so. */
function Reason({ mute: { reason, createdAt, createdBy } }: { mute: MuteAnswer }): ReactElement {
  const t = useTranslations('risk.mutes')
  return (
    <span className="block min-w-0 py-1 max-sm:text-left">
      <span className="block truncate max-sm:whitespace-normal" title={reason}>
        {reason}
      </span>
      <span className="block truncate text-ink3 text-xs">
        {createdAt === null ? (
          t('inFile')
        ) : (
          <>
            {createdBy} · <RelativeTime at={createdAt} />
          </>
        )}
      </span>
    </span>
  )
}

/** Findings and losses that it hides now, each leading to their list. */
function Hidden({ mute: { id, isActive, findings, losses } }: { mute: MuteAnswer }): ReactElement {
  const t = useTranslations('risk.mutes')
  if (!isActive) return <span className="text-ink3">{t('ended')}</span>
  if (findings === 0 && losses === 0) return <span className="text-ink3">{t('hidesNothing')}</span>
  const filter = encodeURIComponent(filterOfMute(id))
  return (
    <span className="flex flex-wrap gap-x-2">
      {findings === 0 ? null : (
        <Link className="hover:underline" href={`${PLACE_HREF.risk}?info=true&muted=true&q=${filter}`}>
          {t('findings', { count: findings })}
        </Link>
      )}
      {losses === 0 ? null : (
        <Link className="hover:underline" href={`${PLACE_HREF.losses}?show=all&muted=true&q=${filter}`}>
          {t('losses', { count: losses })}
        </Link>
      )}
    </span>
  )
}
