/** The newest observation of each cluster, in sections, so that a reader decodes only what it shows. */
import type { Fault } from '../cluster/fault.ts'
import type { NameServerState } from '../cluster/rocketmq-state.ts'
import type { ClusterKind, FactStatus, QuorumState } from '../cluster/snapshot.ts'
import type { CarriedRow } from '../durability/losses/loss-memory.ts'
import type {
  ClusterTotals,
  Durability,
  Finding,
  Observation,
  ObservedBroker,
  ObservedDlq,
  ObservedGroup,
  ObservedTopic,
  Unjudged,
  Verdict,
} from '../durability/observation.ts'

export interface PollError {
  fault: Fault
  atMs: number
  /** Polls that failed in a row. */
  consecutive: number
}

/** A cluster in one row; cheap to read for all clusters at once. */
export interface ClusterSummary {
  clusterId: string
  kind: ClusterKind
  version: string | null
  systemClusterId: string | null
  /** The last good poll; null when there was none. */
  lastPollAtMs: number | null
  pollMs: number | null
  pollIntervalMs: number
  /** Null when the last poll was good. */
  pollError: PollError | null
  /** Null before the first good poll. */
  verdict: Verdict | null
  totals: ClusterTotals | null
  quorum: QuorumState | null
  nameServers: NameServerState[] | null
  facts: FactStatus[]
}

/** Rows of lists: everything but the parts that only a detail page shows. */
export type TopicRow = Omit<ObservedTopic, 'partitions' | 'config'>
export type GroupRow = Omit<ObservedGroup, 'partitions' | 'members'>

/** A topic's partitions with no more than their places on the ladder: all of a cluster's are shown at once. */
export interface LadderRow {
  name: string
  internal: boolean
  /** The lists go side by side, one entry per partition. */
  partitions: number[]
  brokers: (string | null)[]
  leaders: (string | null)[]
  places: Durability[]
}

export interface SnapshotWriter {
  /**
   * Stores a good poll, replacing the one before; all of it or nothing becomes visible.
   *
   * @param carried what a later process has to know of polls before this one
   */
  saveObservation(
    clusterId: string,
    observation: Observation,
    pollIntervalMs: number,
    carried?: readonly CarriedRow[],
  ): Promise<void>
  /** Keeps the last good observation and notes that the newest poll failed. */
  savePollError(clusterId: string, kind: ClusterKind, error: PollError, pollIntervalMs: number): Promise<void>
}

export interface SnapshotReader {
  summaries(): Promise<ClusterSummary[]>
  summary(clusterId: string): Promise<ClusterSummary | null>
  /** Lists answer null when the cluster was never polled well. */
  brokers(clusterId: string): Promise<ObservedBroker[] | null>
  topics(clusterId: string): Promise<TopicRow[] | null>
  topic(clusterId: string, name: string): Promise<ObservedTopic | null>
  ladder(clusterId: string): Promise<LadderRow[] | null>
  groups(clusterId: string): Promise<GroupRow[] | null>
  group(clusterId: string, id: string): Promise<ObservedGroup | null>
  dlqs(clusterId: string): Promise<ObservedDlq[] | null>
  findings(clusterId: string): Promise<Finding[] | null>
  /** Null also of a poll that a version before this one stored. */
  unjudged(clusterId: string): Promise<Unjudged[] | null>
}
