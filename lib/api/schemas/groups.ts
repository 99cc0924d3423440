import { z } from 'zod'
import { count, faultAnswer, forecast, listOf } from './common.ts'
import { rocketmqGroup } from './rocketmq.ts'

export const evaluation = z.enum(['ok', 'warn', 'stalled', 'stopped', 'rewound', 'abandoned', 'unknown'])

export const groupRow = z.object({
  id: z.string(),
  type: z.enum(['classic', 'consumer', 'share', 'streams', 'rocketmq']),
  state: z.string().nullable(),
  coordinator: z.string().nullable(),
  members: count.nullable(),
  topics: z.array(z.string()),
  lagMessages: count.nullable(),
  lagSeconds: z.number().nullable(),
  isPartial: z.boolean(),
  consumeRatePerSecond: z.number().nullable(),
  evaluation,
  lostMessages: count.nullable(),
  lossAt: forecast,
  fault: faultAnswer.nullable(),
})
export type GroupRowAnswer = z.infer<typeof groupRow>

export const groupList = listOf(groupRow)
export type GroupListAnswer = z.infer<typeof groupList>

export const groupPartition = z.object({
  topic: z.string(),
  partition: z.int(),
  broker: z.string().nullable(),
  committedOffset: count.nullable(),
  startOffset: count.nullable(),
  endOffset: count.nullable(),
  lagMessages: count.nullable(),
  lagSeconds: z.number().nullable(),
  lagSecondsSource: z.enum(['caughtUp', 'record', 'batch', 'interpolated']).nullable(),
  lostMessages: count.nullable(),
  lossAt: forecast,
  consumeRatePerSecond: z.number().nullable(),
  evaluation,
  member: z.string().nullable(),
})
export type GroupPartitionAnswer = z.infer<typeof groupPartition>

export const groupDetail = groupRow.extend({
  memberList: z
    .array(
      z.object({
        memberId: z.string(),
        clientId: z.string(),
        host: z.string(),
        assignments: z.array(
          z.object({
            topic: z.string(),
            broker: z.string().nullable(),
            /** Null: only the member itself knows. */
            partitions: z.array(z.int()).nullable(),
          }),
        ),
      }),
    )
    .nullable(),
  /** Null when its offsets could not be read. */
  partitions: z.array(groupPartition).nullable(),
  rocketmq: rocketmqGroup.nullable(),
  asOf: z.iso.datetime().nullable(),
})
export type GroupDetailAnswer = z.infer<typeof groupDetail>
