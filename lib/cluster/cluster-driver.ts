/**
 * The one door to a foreign system. A driver hides the wire, the client libraries and the system's own
 * shapes, and hands out the types of `snapshot.ts`.
 */
import type { Fault } from './fault.ts'
import type { ClusterKind, ClusterSnapshot, PartitionState } from './snapshot.ts'

/** Under which leader epochs the ends of a topic's partitions were seen last; undefined where none is remembered. */
export type EpochsSeen = (topic: string) => readonly Pick<PartitionState, 'partition' | 'leaderEpoch'>[] | undefined

/** What a poll reads beyond what it would by itself. */
export interface PollHints {
  /**
   * Of the polls before, also of an earlier process: how far the log reaches under each of these epochs that is over is told
   * in `earlierEpoch`. Left out: nothing is told of them.
   */
  epochsSeen?: EpochsSeen | undefined
  /** Of these topics somebody changes the settings: they are read with this poll, whatever their pace. */
  changedTopics?: ReadonlySet<string> | undefined
}

export interface ClusterDriver {
  readonly kind: ClusterKind

  /**
   * Reads the cluster once. Facts with a slower pace are read when they are due and otherwise repeated from
   * the last time; `facts` of the answer says how old each is. A part that fails is `null` and named there.
   * Only one poll of a driver may run at a time.
   *
   * @throws ClusterUnavailableError when not even the metadata could be read.
   */
  poll(signal: AbortSignal, hints?: PollHints): Promise<ClusterSnapshot>

  /** Tries the configuration step by step (address, TLS, sign-in, metadata, each API) and never throws. */
  test(signal: AbortSignal): Promise<ConnectionStep[]>

  /** Closes every connection; a running poll ends with an error. */
  close(): Promise<void>
}

/** One step of a connection test, in the order they were tried; steps after a failed one are left out. */
export interface ConnectionStep {
  name: 'configuration' | 'connect' | 'tls' | 'authenticate' | 'metadata' | 'reachBrokers' | 'permissions'
  ok: boolean
  fault: Fault | null
}
