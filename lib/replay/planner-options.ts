/** What a plan is made from, and how it is refused. */
import type { MessageReader, StoredMessage } from '../cluster/messages.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { PlaceRuns } from '../inbox/queues.ts'
import type { HandledPlace } from '../inbox/selection.ts'
import type { ApprovalPolicy } from './approval.ts'
import type { DecideContext } from './decide.ts'
import type { PreparedEdit } from './edits.ts'
import type { CodedFact, ReplayJob } from './replay-types.ts'
import type { TargetTopics } from './target-topics.ts'

/** Which records are meant, as far as the inbox can tell: exactly these and no later ones. */
export interface PinnedSelection {
  topicId: string | null
  places: readonly PlaceRuns[]
  /** False: what was asked for needs the inbox's index, and that has not read the whole queue yet. */
  isComplete: boolean
  /** How many could not be searched; left out: none. */
  undecoded?: number
  /** Of the selected records, those that were replayed, archived or came back before, by the action that did it. */
  handled: readonly HandledPlace[]
}

export interface PlannerOptions {
  pin(job: ReplayJob, reader: MessageReader, signal: AbortSignal): Promise<PinnedSelection>
  source: { kind: ClusterKind; reader: MessageReader }
  target: { kind: ClusterKind; reader: MessageReader }
  snapshots: SnapshotReader
  profiles: readonly DlqProfile[]
  policy: ApprovalPolicy
  /** Replays to the target's cluster that nothing limited and that are over, the newest ones. */
  doneBefore(): Promise<ReplayJob[]>
  /** Other replays of the queue that wait or run, with how many of these records they have, too. */
  otherReplays(job: ReplayJob, places: readonly PlaceRuns[]): Promise<{ id: string; shared: bigint }[]>
  /**
   * Whether masking hides any of what this edit replaces: nobody changes what nobody may see.
   *
   * @param content of the record, also where its letter only points to it
   */
  hidesEdited(content: StoredMessage, decoded: DecodedDeadLetter, edit: PreparedEdit): Promise<boolean>
  now(): number
  /** Asked between fetches: whether somebody cancelled it. */
  isWanted(): Promise<boolean>
}

/** What all parts of one plan rest on. */
export interface PlanGround {
  job: ReplayJob
  options: PlannerOptions
  /** Of the target's cluster. */
  topics: TargetTopics
  exceptions: { queues: string[]; ordinary: string[] }
  context: DecideContext
}

/** It cannot be planned; a person has to ask for something else. */
export class PlanRefused extends Error {
  readonly reason: CodedFact

  constructor(code: string, facts: CodedFact['facts'] = {}) {
    super(code)
    this.reason = { code, facts }
  }
}
