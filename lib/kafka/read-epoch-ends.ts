/**
 * How far the log reaches under leader epochs that are over: asked of the leader of today, and only where the epoch is
 * another one than was seen before. In a cluster that rests nobody is asked.
 */
import type { EpochsSeen } from '../cluster/cluster-driver.ts'
import type { Fault } from '../cluster/fault.ts'
import type { EpochEnd } from '../cluster/snapshot.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { OFFSET_FOR_LEADER_EPOCH } from './kafka-requests.ts'
import type { MetadataAnswer } from './metadata-request.ts'
import { type OffsetFault, PARTITIONS_PER_REQUEST } from './read-offsets.ts'

/** By topic and partition number. */
export type EpochEnds = ReadonlyMap<string, ReadonlyMap<number, EpochEnd>>

interface Question {
  topic: string
  partitionIndex: number
  leader: number
  /** The answer is then this leader's, or a fault. */
  currentLeaderEpoch: number
  /** The one that is asked about. */
  leaderEpoch: number
}

type Note = (question: Question, endOffset: bigint | null) => void

const NOT_A_REPLICA = -1
const UNKNOWN_SERVER_ERROR = -1
/** Would be answered to each poll: nothing is gained by asking again. */
const LASTING_FAULTS: readonly Fault['code'][] = ['unsupportedByBroker', 'authorizationFailed']

export async function readEpochEnds(
  caller: KafkaCaller,
  topics: MetadataAnswer['topics'],
  epochsSeen: EpochsSeen,
  failed: OffsetFault,
): Promise<EpochEnds> {
  const ends = new Map<string, Map<number, EpochEnd>>()
  const note: Note = ({ topic, partitionIndex, leaderEpoch }, endOffset) => {
    ends.set(topic, (ends.get(topic) ?? new Map()).set(partitionIndex, { leaderEpoch, endOffset }))
  }
  const reads: Promise<void>[] = []
  for (const [leader, questions] of Map.groupBy(questionsOf(topics, epochsSeen), (one) => one.leader)) {
    for (let from = 0; from < questions.length; from += PARTITIONS_PER_REQUEST) {
      reads.push(ask(caller, leader, questions.slice(from, from + PARTITIONS_PER_REQUEST), note, failed))
    }
  }
  await Promise.all(reads)
  return ends
}

function questionsOf(topics: MetadataAnswer['topics'], epochsSeen: EpochsSeen): Question[] {
  const questions: Question[] = []
  for (const { name, partitions } of topics) {
    const topic = name ?? ''
    const seen = epochsSeen(topic)
    if (seen === undefined) continue
    for (const { partitionIndex, leaderId: leader, leaderEpoch: currentLeaderEpoch } of partitions) {
      const leaderEpoch = epochOf(seen, partitionIndex)
      if (leader < 0 || leaderEpoch === null || leaderEpoch >= currentLeaderEpoch) continue
      questions.push({ topic, partitionIndex, leader, currentLeaderEpoch, leaderEpoch })
    }
  }
  return questions
}

/** Nearly always at the place of its number. */
function epochOf(seen: NonNullable<ReturnType<EpochsSeen>>, partition: number): number | null {
  const guess = seen[partition]
  const found = guess?.partition === partition ? guess : seen.find((one) => one.partition === partition)
  return found?.leaderEpoch ?? null
}

async function ask(
  caller: KafkaCaller,
  broker: number,
  questions: readonly Question[],
  note: Note,
  failed: OffsetFault,
): Promise<void> {
  const byTopic = Map.groupBy(questions, ({ topic }) => topic)
  const asked = [...byTopic].map(([name, partitions]) => ({ name, partitions }))
  const answer = await caller.call(broker, OFFSET_FOR_LEADER_EPOCH, NOT_A_REPLICA, asked)
  if (answer.fault) {
    for (const topic of byTopic.keys()) failed(topic, null, broker, answer.fault)
    for (const question of isLasting(answer.fault) ? questions : []) note(question, null)
    return
  }
  const told = new Map(
    answer.value.topics.flatMap(({ topic, partitions }) =>
      partitions.map((one) => [placeOf(topic, one.partition), one] as const),
    ),
  )
  for (const question of questions) {
    const { topic, partitionIndex } = question
    const { errorCode, endOffset } = told.get(placeOf(topic, partitionIndex)) ?? NOT_TOLD
    const reason = faultOfErrorCode(errorCode, { api: OFFSET_FOR_LEADER_EPOCH.name, broker })
    // While leaders move, nothing that was read is missing for it, and a later poll asks again.
    if (reason?.code === 'leaderNotAvailable') continue
    if (reason !== null) failed(topic, partitionIndex, broker, reason)
    // Minus one, as beside a fault: the leader does not know of that epoch any more.
    if (reason === null || isLasting(reason)) note(question, endOffset < 0n ? null : endOffset)
  }
}

const NOT_TOLD = { errorCode: UNKNOWN_SERVER_ERROR, endOffset: -1n }

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

function isLasting({ code }: Fault): boolean {
  return LASTING_FAULTS.includes(code)
}
