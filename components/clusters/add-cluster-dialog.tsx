'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { ClusterAnswer, ConnectionTestAnswer } from '../../lib/api/schemas/clusters.ts'
import { apiSend } from '../../lib/client/api.ts'
import { bodyOf, type ClusterForm, EMPTY_FORM, isComplete } from '../../lib/client/cluster-form.ts'
import { CLUSTERS_KEY } from '../../lib/client/queries/clusters.ts'
import { clusterHref } from '../shell/places.ts'
import { SystemWords } from '../shell/system-words.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ClusterFields } from './cluster-fields.tsx'
import { ConnectionSteps, RequestProblem } from './connection-steps.tsx'

/** Adds a cluster. It can be tried first: every step that the console takes is shown with its outcome. */
export function AddClusterDialog({ onClose }: { onClose(): void }): ReactElement {
  const t = useTranslations('clusters.add')
  const router = useRouter()
  const client = useQueryClient()
  const [form, setForm] = useState(EMPTY_FORM)
  const test = useMutation({
    mutationFn: (tried: ClusterForm) => apiSend<ConnectionTestAnswer>('POST', '/api/v1/clusters/test', bodyOf(tried)),
  })
  const add = useMutation({
    mutationFn: (added: ClusterForm) => apiSend<ClusterAnswer>('POST', '/api/v1/clusters', bodyOf(added)),
    onSuccess: async (cluster) => {
      await client.invalidateQueries({ queryKey: CLUSTERS_KEY })
      onClose()
      router.push(clusterHref(cluster.id))
    },
  })
  const change = (part: Partial<ClusterForm>): void => {
    setForm((before) => ({ ...before, ...part }))
    test.reset()
    add.reset()
  }
  const isReady = isComplete(form)
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={t('title')}
      description={t('description')}
      actions={
        <>
          <Button disabled={!isReady || test.isPending} onClick={() => test.mutate(form)}>
            {test.isPending ? t('testing') : t('test')}
          </Button>
          <Button look="primary" disabled={!isReady || add.isPending} onClick={() => add.mutate(form)}>
            {add.isPending ? t('adding') : t('submit', { id: bodyOf(form).id || '…' })}
          </Button>
        </>
      }
    >
      <ClusterFields form={form} onChange={change} />
      {test.data === undefined ? null : (
        <SystemWords kind={form.kind}>
          <ConnectionSteps answer={test.data} />
        </SystemWords>
      )}
      <RequestProblem error={test.error ?? add.error} />
    </Dialog>
  )
}
