'use client'

import { useQueries, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Dialog } from 'radix-ui'
import { type ReactElement, type ReactNode, useDeferredValue, useState } from 'react'
import type { GroupRowAnswer } from '../../lib/api/schemas/groups.ts'
import type { TopicRowAnswer } from '../../lib/api/schemas/topics.ts'
import { shownLevel, worstClustersFirst } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { dlqNamesQuery } from '../../lib/client/queries/dlqs.ts'
import { groupNamesQuery, topicNamesQuery } from '../../lib/client/queries/names.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { clusterHref, deadLettersHref, groupHref, PLACE_HREF, PLACES, SIDE_PLACES, topicHref } from './places.ts'

interface PaletteProps {
  isOpen: boolean
  onOpenChange(open: boolean): void
}

const SHORTEST_SEARCH = 2

interface Hit {
  clusterId: string
  clusterName: string
  name: string
}

/** Topics, groups and dead-letter queues of every cluster whose name holds the text, a few of each. */
function useHits(text: string): { topics: Hit[]; groups: Hit[]; deadLetters: Hit[]; isSearching: boolean } {
  const { data } = useQuery(clustersQuery())
  const clusters = text.length < SHORTEST_SEARCH ? [] : (data?.items ?? [])
  const topics = useQueries({ queries: clusters.map((cluster) => topicNamesQuery(cluster.id, text)) })
  const groups = useQueries({ queries: clusters.map((cluster) => groupNamesQuery(cluster.id, text)) })
  const queues = useQuery({ ...dlqNamesQuery(text), enabled: text.length >= SHORTEST_SEARCH })
  const nameOf = (id: string): string => clusters.find((cluster) => cluster.id === id)?.name ?? id
  const place = (index: number): Pick<Hit, 'clusterId' | 'clusterName'> => ({
    clusterId: clusters[index]?.id ?? '',
    clusterName: clusters[index]?.name ?? '',
  })
  return {
    topics: topics.flatMap((answer, index) =>
      (answer.data?.items ?? []).map((topic: TopicRowAnswer) => ({ ...place(index), name: topic.name })),
    ),
    groups: groups.flatMap((answer, index) =>
      (answer.data?.items ?? []).map((group: GroupRowAnswer) => ({ ...place(index), name: group.id })),
    ),
    deadLetters: (queues.data?.items ?? []).map(({ clusterId, topic }) => ({
      clusterId,
      clusterName: nameOf(clusterId),
      name: topic,
    })),
    isSearching: queues.isLoading || [...topics, ...groups].some((answer) => answer.isLoading),
  }
}

const ITEM = 'flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 py-1 text-sm data-[selected=true]:bg-line2'

/** Everything that has a name, a few keys away. */
export function Palette({ isOpen, onOpenChange }: PaletteProps): ReactElement {
  const t = useTranslations('shell.palette')
  const pages = useTranslations('shell.pages')
  const router = useRouter()
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const { data } = useQuery(clustersQuery())
  const hits = useHits(search)
  const matches = (name: string): boolean => name.toLowerCase().includes(text.trim().toLowerCase())
  const places = [...PLACES, ...SIDE_PLACES].filter((place) => matches(pages(place)))
  const clusters = worstClustersFirst(data?.items ?? []).filter((cluster) => matches(`${cluster.name} ${cluster.id}`))
  const go = (href: string): void => {
    onOpenChange(false)
    setText('')
    router.push(href)
  }
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.45)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="panel fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden"
        >
          <Dialog.Title className="sr-only">{t('title')}</Dialog.Title>
          <Command shouldFilter={false} loop label={t('title')}>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder={t('placeholder')}
              className="h-11 w-full border-line border-b bg-panel px-4 text-base outline-none placeholder:text-ink3"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-2 py-6 text-center text-ink2">
                {hits.isSearching ? t('searching') : t('nothing')}
              </Command.Empty>
              <Section heading={t('pages')} isShown={places.length > 0}>
                {places.map((place) => (
                  <Command.Item
                    key={place}
                    value={`page ${place}`}
                    className={ITEM}
                    onSelect={() => go(PLACE_HREF[place])}
                  >
                    {pages(place)}
                  </Command.Item>
                ))}
              </Section>
              <Section heading={t('clusters')} isShown={clusters.length > 0}>
                {clusters.map((cluster) => (
                  <Command.Item
                    key={cluster.id}
                    value={`cluster ${cluster.id}`}
                    className={ITEM}
                    onSelect={() => go(clusterHref(cluster.id))}
                  >
                    <StateGlyph level={shownLevel(cluster)} sizePx={14} />
                    {cluster.name}
                  </Command.Item>
                ))}
              </Section>
              <Hits
                heading={t('topics')}
                kind="topic"
                hits={hits.topics}
                onChoose={(hit) => go(topicHref(hit.clusterId, hit.name))}
              />
              <Hits
                heading={t('deadLetters')}
                kind="queue"
                hits={hits.deadLetters}
                onChoose={(hit) => go(deadLettersHref(hit.clusterId, hit.name))}
              />
              <Hits
                heading={t('groups')}
                kind="group"
                hits={hits.groups}
                onChoose={(hit) => go(groupHref(hit.clusterId, hit.name))}
              />
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Section({
  heading,
  isShown,
  children,
}: {
  heading: string
  isShown: boolean
  children: ReactNode
}): ReactElement | null {
  if (!isShown) return null
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink3 [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  )
}

function Hits({
  heading,
  kind,
  hits,
  onChoose,
}: {
  heading: string
  kind: string
  hits: readonly Hit[]
  onChoose(hit: Hit): void
}): ReactElement {
  const t = useTranslations('shell.palette')
  return (
    <Section heading={heading} isShown={hits.length > 0}>
      {hits.map((hit) => (
        <Command.Item
          key={`${hit.clusterId}/${hit.name}`}
          value={`${kind} ${hit.clusterId}/${hit.name}`}
          className={ITEM}
          onSelect={() => onChoose(hit)}
        >
          <span className="min-w-0 truncate">{hit.name}</span>
          <span className="ml-auto shrink-0 text-ink3 text-xs">{t('inCluster', { cluster: hit.clusterName })}</span>
        </Command.Item>
      ))}
    </Section>
  )
}
