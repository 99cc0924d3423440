'use client'

import { Download, X } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useState } from 'react'
import type { SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { exportPath, type QueueName } from '../../lib/client/queries/dead-letters.ts'
import { newReplayHref } from '../../lib/client/selection-url.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'
import { ArchiveDialog } from './archive-dialog.tsx'

interface SelectionActionsProps {
  queue: QueueName
  selection: SelectionInput
  /** About how many records; 0 when it is not known. */
  count: number
  /** Where only some of the selection can be archived: which, and how many. Null: none. */
  archivable?: { selection: SelectionInput; count: number } | null
  onArchived(records: number): void
  /** Between the others, such as a way to restore. */
  children?: ReactNode
}

/** Export, archive, replay: the same wherever records are chosen, as far as one may. The one that sends is last and says how many. */
export function SelectionActions(props: SelectionActionsProps): ReactElement {
  const { queue, selection, count, archivable = { selection, count }, onArchived, children } = props
  const t = useTranslations('deadLetters.actions')
  const rights = useRights()
  const [isArchiving, setIsArchiving] = useState(false)
  const mayArchive = archivable !== null && rights.mayChange('deadLetters:write', queue)
  return (
    <>
      {rights.seesPayloads(queue) ? (
        <Button asChild>
          <a href={exportPath(queue, selection)} download title={t('exportHint')}>
            <Download aria-hidden className="size-4 max-sm:hidden" />
            {t('export')}
          </a>
        </Button>
      ) : null}
      {children}
      {mayArchive && <Button onClick={() => setIsArchiving(true)}>{t('archive', { count: archivable.count })}</Button>}
      {rights.mayChange('replays:write', queue) && (
        <Button asChild look="primary">
          <Link href={newReplayHref(queue.clusterId, queue.topic, selection)} prefetch={false}>
            {t('replay', { count })}
          </Link>
        </Button>
      )}
      {mayArchive && (
        <ArchiveDialog
          queue={queue}
          selection={archivable.selection}
          count={archivable.count}
          open={isArchiving}
          onClose={() => setIsArchiving(false)}
          onDone={onArchived}
        />
      )}
    </>
  )
}

/** Comes with the selection and stays in sight below a long table. */
export function SelectionBar({
  summary,
  onClear,
  children,
}: {
  summary: string
  onClear(): void
  children: ReactNode
}): ReactElement {
  const t = useTranslations('deadLetters.actions')
  return (
    <section
      aria-label={t('bar')}
      className="sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-lg border border-ink bg-panel px-3 py-2"
    >
      <Button look="quiet" square aria-label={t('clear')} title={t('clear')} onClick={onClear}>
        <X aria-hidden className="size-4" />
      </Button>
      <p role="status" className="min-w-0 flex-1 basis-40 font-semibold">
        {summary}
      </p>
      {children}
    </section>
  )
}
