import type { ReactElement } from 'react'
import { RecordPage } from '../../../../../../../../components/dead-letters/record-page.tsx'
import { NoSuchPage } from '../../../../../../../../components/shell/no-such-page.tsx'
import { type PageInput, pathPart, queryText } from '../../../../../../page-input.ts'

/** The record itself is read from the cluster, which may take a while: the browser asks for it. */
export default async function Page({
  params,
  searchParams,
}: PageInput<'cluster' | 'topic' | 'partition' | 'offset'>): Promise<ReactElement> {
  const { cluster, topic, partition, offset } = await params
  const place = {
    partition: wholeNumber(partition),
    offset: wholeNumber(offset),
    broker: queryText((await searchParams).broker) || null,
  }
  if (place.partition === null || place.offset === null) return <NoSuchPage />
  const queue = { clusterId: pathPart(cluster), topic: pathPart(topic) }
  return <RecordPage queue={queue} place={{ ...place, partition: place.partition, offset: place.offset }} />
}

function wholeNumber(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : null
}
