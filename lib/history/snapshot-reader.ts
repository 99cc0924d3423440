/** Reads the newest poll of each cluster, decoding a section once for as long as it does not change. */
import type { ClusterState } from '../../prisma/generated/sqlite/client.ts'
import type { Fault } from '../cluster/fault.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { Database } from '../db.ts'
import type { Finding, ObservedBroker, ObservedDlq, ObservedGroup, Unjudged } from '../durability/observation.ts'
import { decodeSection } from './section-codec.ts'
import { type ChunkedSection, chunkOf, sectionName } from './section-names.ts'
import type { ClusterSummary, GroupRow, LadderRow, PollError, SnapshotReader, TopicRow } from './snapshot-store.ts'
import type { StoredConfig, StoredSummary, StoredTopic } from './stored-rows.ts'

/** By size before compression; decoded objects take a few times as much. */
const DEFAULT_CACHE_BYTES = 12 * 2 ** 20

interface CachedSection {
  versionAtMs: bigint
  rows: Promise<unknown[] | null>
  packedBytes: number
}

export function createSnapshotReader(database: Database, cacheBytes: number = DEFAULT_CACHE_BYTES): SnapshotReader {
  const { client } = database
  const sections = new SectionCache(database, cacheBytes)
  const list = async <T>(clusterId: string, name: string): Promise<T[] | null> =>
    (await sections.read(clusterId, name)) as T[] | null

  /** The chunk a name falls into; null when the cluster was never polled well. */
  async function chunk<T>(clusterId: string, kind: ChunkedSection, name: string): Promise<T[] | null> {
    // A poll between the two reads may change the number of chunks; the second try then sees the new one.
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const select = { topicChunks: true, groupChunks: true }
      const state = await client.clusterState.findUnique({ where: { clusterId }, select })
      if (state === null) return null
      const chunks = kind === 'group' ? state.groupChunks : state.topicChunks
      const rows = await list<T>(clusterId, sectionName(kind, chunks, chunkOf(name, chunks)))
      if (rows !== null) return rows
    }
    return null
  }

  return {
    async summaries() {
      return (await client.clusterState.findMany({ orderBy: { clusterId: 'asc' } })).map(toSummary)
    },
    async summary(clusterId) {
      const state = await client.clusterState.findUnique({ where: { clusterId } })
      return state === null ? null : toSummary(state)
    },
    brokers: (clusterId) => list<ObservedBroker>(clusterId, 'brokers'),
    topics: (clusterId) => list<TopicRow>(clusterId, 'topics'),
    ladder: (clusterId) => list<LadderRow>(clusterId, 'ladder'),
    groups: (clusterId) => list<GroupRow>(clusterId, 'groups'),
    dlqs: (clusterId) => list<ObservedDlq>(clusterId, 'dlqs'),
    findings: (clusterId) => list<Finding>(clusterId, 'findings'),
    unjudged: (clusterId) => list<Unjudged>(clusterId, 'unjudged'),
    async topic(clusterId, name) {
      const topics = await chunk<StoredTopic>(clusterId, 'topic', name)
      const topic = topics?.find((candidate) => candidate.name === name)
      if (topic === undefined) return null
      const configs = await chunk<StoredConfig>(clusterId, 'config', name)
      const config = configs?.find((candidate) => candidate.name === name)?.config ?? null
      return { ...topic, config }
    },
    async group(clusterId, id) {
      const groups = await chunk<ObservedGroup>(clusterId, 'group', id)
      return groups?.find((candidate) => candidate.id === id) ?? null
    },
  }
}

class SectionCache {
  readonly #database: Database
  readonly #maxBytes: number
  /** In the order of their last use. */
  readonly #sections = new Map<string, CachedSection>()
  #bytes = 0

  constructor(database: Database, maxBytes: number) {
    this.#database = database
    this.#maxBytes = maxBytes
  }

  async read(clusterId: string, name: string): Promise<unknown[] | null> {
    const where = { clusterId_name: { clusterId, name } }
    const stored = await this.#database.client.snapshotSection.findUnique({ where, select: { versionAtMs: true } })
    const key = JSON.stringify([clusterId, name])
    if (stored === null) {
      this.#forget(key)
      return null
    }
    const cached = this.#sections.get(key)
    if (cached?.versionAtMs === stored.versionAtMs) {
      this.#sections.delete(key)
      this.#sections.set(key, cached)
      return cached.rows
    }
    return this.#load(key, where, stored.versionAtMs)
  }

  /** Readers that come meanwhile wait for the same decoding. */
  #load(
    key: string,
    where: { clusterId_name: { clusterId: string; name: string } },
    versionAtMs: bigint,
  ): Promise<unknown[] | null> {
    this.#forget(key)
    const entry: CachedSection = { versionAtMs, packedBytes: 0, rows: Promise.resolve(null) }
    entry.rows = this.#decode(where, entry).then(
      (decoded) => {
        this.#account(key, entry, decoded?.packedBytes ?? 0)
        return decoded?.rows ?? null
      },
      (error: unknown) => {
        if (this.#sections.get(key) === entry) this.#sections.delete(key)
        throw error
      },
    )
    this.#sections.set(key, entry)
    return entry.rows
  }

  async #decode(
    where: { clusterId_name: { clusterId: string; name: string } },
    entry: CachedSection,
  ): Promise<ReturnType<typeof decodeSection>> {
    const row = await this.#database.client.snapshotSection.findUnique({ where })
    // May be newer than what was asked for, which is as well.
    if (row !== null) entry.versionAtMs = row.versionAtMs
    return row === null ? null : decodeSection(row.content)
  }

  #account(key: string, entry: CachedSection, packedBytes: number): void {
    if (this.#sections.get(key) !== entry) return
    entry.packedBytes = packedBytes
    this.#bytes += entry.packedBytes
    for (const oldest of this.#sections.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    const entry = this.#sections.get(key)
    if (entry === undefined) return
    this.#sections.delete(key)
    this.#bytes -= entry.packedBytes
  }
}

function toSummary(state: ClusterState): ClusterSummary {
  const stored = state.summary === null ? null : (decodeSection(state.summary)?.rows[0] as StoredSummary | undefined)
  return {
    clusterId: state.clusterId,
    kind: state.kind as ClusterKind,
    version: stored?.version ?? null,
    systemClusterId: stored?.systemClusterId ?? null,
    lastPollAtMs: stored && state.lastPollAtMs !== null ? Number(state.lastPollAtMs) : null,
    pollMs: stored?.pollMs ?? null,
    pollIntervalMs: state.pollIntervalMs,
    pollError: toPollError(state),
    verdict: stored?.verdict ?? null,
    totals: stored?.totals ?? null,
    quorum: stored?.quorum ?? null,
    nameServers: stored?.nameServers ?? null,
    facts: stored?.facts ?? [],
  }
}

function toPollError(state: ClusterState): PollError | null {
  if (state.pollErrorAtMs === null) return null
  return {
    fault: state.pollErrorFault as unknown as Fault,
    atMs: Number(state.pollErrorAtMs),
    consecutive: state.pollErrorsInARow,
  }
}
