/** Stores the newest poll of each cluster. Used by the collector alone. */
import { hash } from 'node:crypto'
import { DbNull, join, sqltag as sql } from '@prisma/client/runtime/client'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { CarriedRow } from '../durability/losses/loss-memory.ts'
import type { Observation, ObservedTopic } from '../durability/observation.ts'
import { hasSameItems } from '../plain-data.ts'
import { packRows } from './packed-rows.ts'
import { compressSection } from './section-codec.ts'
import { chunkOf, chunksFor, sectionName } from './section-names.ts'
import type { PollError, SnapshotWriter } from './snapshot-store.ts'
import {
  type StoredConfig,
  type StoredSummary,
  type StoredTopic,
  toGroupRow,
  toLadderRow,
  toTopicRow,
} from './stored-rows.ts'

const TOPICS_PER_CHUNK = 128
const GROUPS_PER_CHUNK = 64
const ROWS_PER_STATEMENT = 500

interface Section {
  name: string
  digest: string
  packed: Buffer
}

/** What the writer knows about a cluster's stored sections. */
interface Written {
  digests: Map<string, string>
  /** What each section was made of: what did not change is the very object of the poll before. */
  sources: Map<string, readonly unknown[]>
  layout: string
}

export function createSnapshotWriter(database: Database): SnapshotWriter {
  const byCluster = new Map<string, Written>()
  return {
    async saveObservation(clusterId, observation, pollIntervalMs, carried = []) {
      const known = byCluster.get(clusterId) ?? { digests: new Map(), sources: new Map(), layout: '' }
      // Until the transaction is through nothing is known: a failed commit may yet have happened.
      byCluster.delete(clusterId)
      const next = planSections(observation, carried, known)
      await database.transaction(async (tx) => {
        await writeSections(tx, clusterId, observation.atMs, next.changed)
        if (next.written.layout !== known.layout)
          await removeOtherSections(tx, clusterId, [...next.written.digests.keys()])
        await writeState(tx, clusterId, observation, pollIntervalMs, next)
      })
      byCluster.set(clusterId, next.written)
    },
    async savePollError(clusterId, kind, error, pollIntervalMs) {
      await savePollError(database, clusterId, kind, error, pollIntervalMs)
    },
  }
}

interface Plan {
  changed: Section[]
  written: Written
  topicChunks: number
  groupChunks: number
}

function planSections(observation: Observation, carried: readonly CarriedRow[], known: Written): Plan {
  const { topics, groups } = observation
  const topicChunks = chunksFor(topics.length, TOPICS_PER_CHUNK)
  const groupChunks = chunksFor(groups.length, GROUPS_PER_CHUNK)
  const written: Written = { digests: new Map(), sources: new Map(), layout: `${topicChunks}/${groupChunks}` }
  const changed: Section[] = []
  const add = <T>(name: string, sources: readonly T[], toRow: (source: T, index: number) => unknown): void => {
    written.sources.set(name, sources)
    const before = known.digests.get(name)
    if (before !== undefined && hasSameItems(known.sources.get(name) ?? [], sources)) {
      written.digests.set(name, before)
      return
    }
    const packed = packRows(sources.map(toRow))
    const digest = hash('sha1', packed, 'base64')
    written.digests.set(name, digest)
    if (before !== digest) changed.push({ name, digest, packed })
  }
  add('brokers', observation.brokers, itself)
  add('dlqs', observation.dlqs, itself)
  add('findings', observation.findings, itself)
  add('unjudged', observation.unjudged, itself)
  add('carried', carried, itself)
  add('topics', topics, toTopicRow)
  add('ladder', topics, toLadderRow)
  add('groups', groups, toGroupRow)
  spread(topics, topicChunks, (topic) => topic.name).forEach((chunk, index) => {
    add(sectionName('topic', topicChunks, index), chunk, withoutConfig)
    // Drivers repeat configurations by reference until they are read anew.
    const configs = chunk.map((topic) => topic.config ?? topic)
    add(sectionName('config', topicChunks, index), configs, (_, row) => toConfigRow(chunk[row] as ObservedTopic))
  })
  spread(groups, groupChunks, (group) => group.id).forEach((chunk, index) => {
    add(sectionName('group', groupChunks, index), chunk, itself)
  })
  return { changed, written, topicChunks, groupChunks }
}

function itself<T>(source: T): T {
  return source
}

function spread<T>(items: readonly T[], chunks: number, nameOf: (item: T) => string): T[][] {
  const out: T[][] = Array.from({ length: chunks }, () => [])
  for (const item of items) out[chunkOf(nameOf(item), chunks)]?.push(item)
  return out
}

function toConfigRow({ name, config }: ObservedTopic): StoredConfig {
  return { name, config }
}

function withoutConfig({ config: _, ...topic }: ObservedTopic): StoredTopic {
  return topic
}

async function writeSections(
  tx: TransactionClient,
  clusterId: string,
  atMs: number,
  sections: readonly Section[],
): Promise<void> {
  for (let from = 0; from < sections.length; from += ROWS_PER_STATEMENT) {
    const rows = sections
      .slice(from, from + ROWS_PER_STATEMENT)
      .map(({ name, packed }) => sql`(${clusterId}, ${name}, ${BigInt(atMs)}, ${compressSection(packed)})`)
    await tx.$executeRaw(sql`INSERT INTO "SnapshotSection" ("clusterId", "name", "versionAtMs", "content")
      VALUES ${join(rows)}
      ON CONFLICT ("clusterId", "name")
      DO UPDATE SET "versionAtMs" = excluded."versionAtMs", "content" = excluded."content"`)
  }
}

async function removeOtherSections(tx: TransactionClient, clusterId: string, names: string[]): Promise<void> {
  const stored = await tx.snapshotSection.findMany({ where: { clusterId }, select: { name: true } })
  const current = new Set(names)
  const gone = stored.map(({ name }) => name).filter((name) => !current.has(name))
  await tx.snapshotSection.deleteMany({ where: { clusterId, name: { in: gone } } })
}

async function writeState(
  tx: TransactionClient,
  clusterId: string,
  observation: Observation,
  pollIntervalMs: number,
  { topicChunks, groupChunks }: Plan,
): Promise<void> {
  const { version, systemClusterId, pollMs, verdict, totals, quorum, nameServers, facts } = observation
  const summary: StoredSummary = { version, systemClusterId, pollMs, verdict, totals, quorum, nameServers, facts }
  const state = {
    kind: observation.clusterKind,
    pollIntervalMs,
    lastPollAtMs: BigInt(observation.atMs),
    summary: compressSection(packRows([summary])),
    topicChunks,
    groupChunks,
    pollErrorAtMs: null,
    pollErrorFault: DbNull,
    pollErrorsInARow: 0,
  }
  await tx.clusterState.upsert({ where: { clusterId }, create: { clusterId, ...state }, update: state })
}

async function savePollError(
  database: Database,
  clusterId: string,
  kind: ClusterKind,
  { fault, atMs, consecutive }: PollError,
  pollIntervalMs: number,
): Promise<void> {
  const state = {
    kind,
    pollIntervalMs,
    pollErrorAtMs: BigInt(atMs),
    pollErrorFault: { code: fault.code, facts: fault.facts },
    pollErrorsInARow: consecutive,
  }
  await database.client.clusterState.upsert({
    where: { clusterId },
    create: { clusterId, ...state },
    update: state,
  })
}
