'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useState } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { apiSend } from '../../lib/client/api.ts'
import { CLUSTERS_KEY, clusterPath } from '../../lib/client/queries/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Duration, Unknown } from '../ui/values.tsx'
import { ClusterFrame } from './cluster-frame.tsx'

/** How the console watches this cluster. Addresses and credentials never leave the server. */
export function ClusterSettings({ clusterId }: { clusterId: string }): ReactElement {
  return (
    <ClusterFrame clusterId={clusterId} part="settings">
      {(cluster) => (
        <div className="space-y-6">
          <Configured cluster={cluster} />
          <RemoveCluster cluster={cluster} />
        </div>
      )}
    </ClusterFrame>
  )
}

function Configured({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const t = useTranslations('clusters.settings')
  const kinds = useTranslations('clusters.kinds')
  const format = useFormat()
  return (
    <section aria-labelledby="configured">
      <h2 id="configured" className="mb-2 font-semibold text-base">
        {t('title')}
      </h2>
      <dl className="panel grid gap-x-8 px-4 py-2 sm:grid-cols-[12rem_1fr]">
        <Setting name={t('name')}>{cluster.name}</Setting>
        <Setting name={t('id')}>
          <code className="font-mono">{cluster.id}</code>
        </Setting>
        <Setting name={t('kind')}>{kinds(cluster.kind)}</Setting>
        <Setting name={t('version')}>{cluster.version ?? <Unknown />}</Setting>
        <Setting name={t('source')}>{t(cluster.source)}</Setting>
        <Setting name={t('access')}>{cluster.readOnly ? t('readOnly') : t('readWrite')}</Setting>
        <Setting name={t('interval')}>{t('every', { interval: format.duration(cluster.pollIntervalMs) })}</Setting>
        <Setting name={t('poll')}>
          <Duration ms={cluster.pollMs} />
        </Setting>
      </dl>
      <p className="mt-2 text-ink3 text-xs">{t('secretsNote')}</p>
    </section>
  )
}

function Setting({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <>
      <dt className="pt-1.5 text-ink3 sm:pb-1.5">{name}</dt>
      <dd className="pb-1.5 sm:pt-1.5">{children}</dd>
    </>
  )
}

function RemoveCluster({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const t = useTranslations('clusters.settings')
  const router = useRouter()
  const client = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => apiSend<undefined>('DELETE', clusterPath(cluster.id)),
    onSuccess: async () => {
      router.push('/clusters')
      await client.invalidateQueries({ queryKey: CLUSTERS_KEY })
    },
  })
  return (
    <section aria-labelledby="remove">
      <h2 id="remove" className="mb-2 font-semibold text-base">
        {t('removeTitle')}
      </h2>
      <div className="panel flex flex-wrap items-center justify-between gap-3 px-4 py-3">
        <p className="text-ink2">{cluster.source === 'file' ? t('inFile') : t('removeText')}</p>
        {cluster.source === 'file' ? null : (
          <Button look="danger" onClick={() => setIsAsking(true)}>
            {t('remove', { name: cluster.name })}
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={isAsking}
        onClose={() => {
          setIsAsking(false)
          remove.reset()
        }}
        title={t('confirmTitle', { name: cluster.name })}
        text={t('confirmText')}
        action={remove.isPending ? t('removing') : t('remove', { name: cluster.name })}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        error={remove.error}
      />
    </section>
  )
}
