import { z } from 'zod'
import type { ErrorCode } from '../../errors.ts'
import { defineRoute, defineStream, type RequestContext } from '../route-declaration.ts'
import { createReplayBody, hashBody, rateBody, replay, replayList, replayRecordList } from '../schemas/replays.ts'
import type { ApiServices } from '../services.ts'
import {
  actOnReplay,
  createReplay,
  getReplay,
  getReplayOrThrow,
  listReplays,
  setReplayRate,
} from './replay-operations.ts'
import { recordsQuery, replayQuery } from './replay-query.ts'
import { listRecords, recordsAsCsv } from './replay-records.ts'
import { needsOfJob, needsOfRequest } from './replay-topics.ts'

const params = z.object({ replay: z.string().max(64) })
type Named = { params: z.infer<typeof params> }
const PATH = '/api/v1/replays/{replay}'
/** Edits carry payloads. */
const MAX_BODY_BYTES = 16 * 2 ** 20

/** Whoever agrees to a plan, starts it or holds it answers for the queue and for every topic that it sends to. */
const changesItsTopics = async ({ params: { replay: id } }: Named, services: ApiServices) =>
  needsOfJob(await getReplayOrThrow(services, id))

export const createReplayRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/replays',
  summary: 'Plan a replay of dead letters; nothing is sent before it is started',
  permission: 'replays:write',
  needs: ({ body }) => needsOfRequest(body),
  showsPayloads: true,
  body: createReplayBody,
  maxBodyBytes: MAX_BODY_BYTES,
  answer: replay,
  status: 202,
  auditAction: 'replay.plan',
  errors: ['cluster_not_found'],
  handler: ({ body }, context) => createReplay(body, context),
})

export const listReplaysRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/replays',
  summary: 'Replays, the newest first',
  permission: 'replays:read',
  showsPayloads: true,
  query: replayQuery,
  answer: replayList,
  handler: ({ query }, context) => listReplays(query, context),
})

export const getReplayRoute = defineRoute({
  method: 'GET',
  path: PATH,
  summary: 'One replay: its plan, how far it came, and what holds it',
  permission: 'replays:read',
  showsPayloads: true,
  params,
  answer: replay,
  errors: ['replay_not_found'],
  handler: ({ params }, context) => getReplay(params.replay, context),
})

export const setReplayRateRoute = defineRoute({
  method: 'PATCH',
  path: PATH,
  summary:
    'Change the rate: before the start this changes the hash of the plan, later it never exceeds what was approved',
  permission: 'replays:write',
  needs: changesItsTopics,
  showsPayloads: true,
  params,
  body: rateBody,
  answer: replay,
  auditAction: 'replay.rate',
  errors: ['replay_not_found', 'replay_wrong_state', 'replay_rate_not_approved'],
  handler: ({ params, body }, context) => setReplayRate(params.replay, body.rate, context),
})

export const listReplayRecordsRoute = defineRoute({
  method: 'GET',
  path: `${PATH}/records`,
  summary: 'What became of each record, in the order of the queue',
  permission: 'replays:read',
  showsPayloads: true,
  params,
  query: recordsQuery,
  answer: replayRecordList,
  errors: ['replay_not_found'],
  handler: async ({ params, query }, context) =>
    listRecords(context, await getReplayOrThrow(context.services, params.replay), query),
})

export const replayReportRoute = defineStream({
  method: 'GET',
  path: `${PATH}/records.csv`,
  summary: 'The same as a report in CSV, whole',
  permission: 'replays:read',
  showsPayloads: true,
  params,
  answer: z.string(),
  contentType: 'text/csv; charset=utf-8',
  errors: ['replay_not_found'],
  handler: async ({ params }, context) => {
    const job = await getReplayOrThrow(context.services, params.replay)
    context.replyHeaders.set('content-disposition', `attachment; filename="replay-${job.id}.csv"`)
    return recordsAsCsv(context, job)
  },
})

export const startReplayRoute = hashAction(
  'start',
  'Begin to send; the hash says which plan is meant',
  'replays:write',
  [
    'cluster_read_only',
    'replay_approval_expired',
    'replay_plan_stale',
    'replay_plan_overtaken',
    'replay_topic_recreated',
    'replay_queue_busy',
  ],
)

export const approveReplayRoute = hashAction(
  'approve',
  'Agree to exactly this plan, as a second person',
  'replays:approve',
  ['replay_same_person'],
)

export const pauseReplayRoute = action('pause', 'Send nothing more until it is resumed; takes about a second')
export const resumeReplayRoute = action('resume', 'Go on from where it stands', ['replay_target_refuses'])
export const cancelReplayRoute = action('cancel', 'End it; what was sent stays sent')

function hashAction(
  name: 'start' | 'approve',
  summary: string,
  permission: 'replays:write' | 'replays:approve',
  errors: readonly ErrorCode[],
) {
  return defineRoute({
    method: 'POST',
    path: `${PATH}/${name}`,
    summary,
    permission,
    needs: changesItsTopics,
    showsPayloads: true,
    params,
    body: hashBody,
    answer: replay,
    auditAction: `replay.${name}`,
    errors: ['replay_not_found', 'replay_wrong_state', 'replay_plan_changed', ...errors],
    handler: ({ params, body }, context) => actOnReplay(params.replay, name, body.planHash, context),
  })
}

function action(name: 'pause' | 'resume' | 'cancel', summary: string, errors: readonly ErrorCode[] = []) {
  return defineRoute({
    method: 'POST',
    path: `${PATH}/${name}`,
    summary,
    permission: 'replays:write',
    needs: changesItsTopics,
    showsPayloads: true,
    params,
    answer: replay,
    auditAction: `replay.${name}`,
    errors: ['replay_not_found', 'replay_wrong_state', ...errors],
    handler: ({ params }, context: RequestContext) => actOnReplay(params.replay, name, '', context),
  })
}
