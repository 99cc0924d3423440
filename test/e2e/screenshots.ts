/**
 * Writes the README's pictures from a running console: `node test/e2e/screenshots.ts http://localhost:3000`.
 * Its first Kafka cluster is shown, and the brokers of its first RocketMQ cluster; the demo with a broker down is the
 * best one to take them from.
 */
import { mkdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import type { ClusterListAnswer } from '../../lib/api/schemas/clusters.ts'
import type { DlqListAnswer } from '../../lib/api/schemas/dlqs.ts'
import type { GroupListAnswer } from '../../lib/api/schemas/groups.ts'
import type { TopicListAnswer } from '../../lib/api/schemas/topics.ts'
import type { Theme } from '../../lib/client/preferences.ts'
import type { Locale } from '../../lib/i18n/locale.ts'
import { startBrowser } from '../servers/browser.ts'
import { NARROW, settled, visit } from './visitor.ts'

const FOLDER = resolve(import.meta.dirname, '..', '..', 'public', 'screenshots')
/** They are loaded by everyone who opens the README. */
const MAX_BYTES = 150 * 1_024
const SIZE = { width: 1280, height: 800 }

interface Picture {
  name: string
  path: string
  theme?: Theme
  locale?: Locale
  viewport?: { width: number; height: number }
}

async function pictures(base: string): Promise<Picture[]> {
  const clusters = (await read<ClusterListAnswer>(`${base}/api/v1/clusters`)).items
  const cluster = clusters.find(({ kind }) => kind === 'kafka')
  if (cluster === undefined) throw new Error(`${base} watches no Kafka cluster`)
  const rocketmq = clusters.filter(({ kind }) => kind === 'rocketmq').slice(0, 1)
  const api = `${base}/api/v1/clusters/${encodeURIComponent(cluster.id)}`
  const topic = (await read<TopicListAnswer>(`${api}/topics?sort=-produceRatePerSecond&limit=1`)).items[0]
  const groups = (await read<GroupListAnswer>(`${api}/groups?sort=-lagSeconds`)).items
  // One that reads and still is far behind shows more than one that nobody runs.
  const group = groups.find(({ members }) => members !== null && members > 0) ?? groups[0]
  const queue = (await read<DlqListAnswer>(`${base}/api/v1/dlqs?q=cluster:${cluster.id}&sort=-depth&limit=1`)).items[0]
  const page = `/clusters/${encodeURIComponent(cluster.id)}`
  const ofTopic = topic === undefined ? [] : [`${page}/topics/${encodeURIComponent(topic.name)}`]
  const ofGroup = group === undefined ? [] : [`${page}/groups/${encodeURIComponent(group.id)}`]
  return [
    { name: 'overview-light-en', path: '/', viewport: { width: 1280, height: 480 } },
    { name: 'overview-narrow-light-en', path: '/', viewport: NARROW },
    ...ofTopic.map((path): Picture => ({ name: 'topic-dark-en', path, theme: 'dark' })),
    ...rocketmq.map(({ id }): Picture => ({ name: 'rocketmq-brokers-light-en', path: `/clusters/${id}/brokers` })),
    ...ofGroup.map((path): Picture => ({ name: 'group-light-zh', path, locale: 'zh' })),
    ...(queue === undefined ? [] : picturesOf(queue)),
  ]
}

function picturesOf({ clusterId, topic }: DlqListAnswer['items'][number]): Picture[] {
  const [cluster, name] = [encodeURIComponent(clusterId), encodeURIComponent(topic)]
  return [
    { name: 'dead-letters-light-en', path: `/dead-letters/${cluster}/${name}` },
    { name: 'replay-light-en', path: `/replays/new?cluster=${cluster}&topic=${name}&all=true` },
  ]
}

async function read<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}; the console must run without sign-in`)
  return (await answer.json()) as T
}

async function take(browser: Browser, base: string, picture: Picture): Promise<void> {
  const { name, path, theme = 'light', locale = 'en', viewport = SIZE } = picture
  const visitor = await visit(browser, base, { theme, locale, viewport })
  const file = join(FOLDER, `${name}.png`)
  try {
    await visitor.page.goto(base + path)
    await settled(visitor.page)
    await visitor.page.screenshot({ path: file })
  } finally {
    await visitor.close()
  }
  const { size } = await stat(file)
  if (size > MAX_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MAX_BYTES}`)
  console.log(`${file} ${Math.round(size / 1_024)} KiB`)
}

const base = process.argv[2]?.replace(/\/$/, '')
if (base === undefined) {
  console.error('Say which console: node test/e2e/screenshots.ts http://localhost:3000')
  process.exit(2)
}
await mkdir(FOLDER, { recursive: true })
const browser = await startBrowser()
try {
  for (const picture of await pictures(base)) await take(browser, base, picture)
} finally {
  await browser.close()
}
