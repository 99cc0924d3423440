'use client'

import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { CauseListAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import type { QueueName, RecordPlace } from '../../lib/client/queries/dead-letters.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { topicHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { PurgeDialog } from './purge-dialog.tsx'
import { SelectionActions } from './selection-bar.tsx'

interface QueueActionsProps {
  queue: QueueName
  dlq: DlqAnswer
  scan: CauseListAnswer | undefined
  onArchived(records: number): void
  onPurged(records: number): void
}

/** What can be done with all that is open in a queue; what destroys is behind a menu and a typed name. */
export function QueueActions({ queue, dlq, scan, onArchived, onPurged }: QueueActionsProps): ReactElement | null {
  const isEmpty = dlq.stored === 0 && !dlq.isPartial
  // Nobody can look into it: there is nothing to choose from.
  const canRead = dlq.isReadable !== false && !isEmpty
  return (
    <>
      {canRead && (
        <SelectionActions
          queue={queue}
          selection={{ all: true }}
          count={dlq.depthIsUpperBound ? 0 : (dlq.depth ?? 0)}
          onArchived={onArchived}
        />
      )}
      <MoreActions queue={queue} scan={scan} onPurged={onPurged} />
    </>
  )
}

interface MoreActionsProps {
  queue: QueueName
  scan: CauseListAnswer | undefined
  onPurged(records: number): void
}

function MoreActions({ queue, scan, onPurged }: MoreActionsProps): ReactElement {
  const t = useTranslations('deadLetters')
  const router = useRouter()
  // What was counted when the dialog opened: what arrives while it is read stays.
  const [before, setBefore] = useState<RecordPlace[] | null>(null)
  const whyNot = useWhyNotPurge(queue, scan)
  const trigger = (
    <Button square aria-label={t('queue.more')}>
      <Ellipsis aria-hidden className="size-4" />
    </Button>
  )
  return (
    <>
      <Menu trigger={trigger} align="end">
        <MenuItem onSelect={() => router.push(topicHref(queue.clusterId, queue.topic))}>
          {t('queue.topic', { topic: queue.topic })}
        </MenuItem>
        <MenuSeparator />
        {whyNot === null ? (
          <MenuItem onSelect={() => setBefore(countedPlaces(scan))}>
            <span className="text-losing">{t('actions.purge')}</span>
          </MenuItem>
        ) : (
          <MenuNote label={t('actions.purge')} why={t(`purge.whyNot.${whyNot}`)} />
        )}
      </Menu>
      <PurgeDialog
        queue={queue}
        before={before ?? []}
        open={before !== null}
        onClose={() => setBefore(null)}
        onDone={onPurged}
      />
    </>
  )
}

/** An action that cannot be taken here says why, instead of being missed. */
function MenuNote({ label, why }: { label: string; why: string }): ReactElement {
  return (
    <div className="px-2 py-1">
      <p className="text-ink3">{label}</p>
      <p className="text-ink3 text-xs">{why}</p>
    </div>
  )
}

function countedPlaces(scan: CauseListAnswer | undefined): RecordPlace[] {
  return (scan?.scannedTo ?? [])
    .filter(({ offset }) => offset > 0)
    .map(({ partition, broker, offset }) => ({ partition, broker, offset }))
}

function useWhyNotPurge(
  queue: QueueName,
  scan: CauseListAnswer | undefined,
): 'notYours' | 'readOnly' | 'rocketmq' | 'unread' | null {
  const { clusterId } = queue
  const { mayChange } = useRights()
  const cluster = useQuery(clustersQuery()).data?.items.find(({ id }) => id === clusterId)
  if (!mayChange('deadLetters:purge', queue)) return 'notYours'
  if (cluster?.kind === 'rocketmq') return 'rocketmq'
  if (cluster?.readOnly !== false) return 'readOnly'
  return countedPlaces(scan).length === 0 ? 'unread' : null
}
