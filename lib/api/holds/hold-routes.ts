import { z } from 'zod'
import { defineRoute, type RequestContext } from '../route-declaration.ts'
import { offFlag } from '../schemas/common.ts'
import { type HoldAnswer, hold, holdAnswer, holdBody } from '../schemas/holds.ts'
import { getHold, releaseHold, startHold } from './hold-operations.ts'

const PATH = '/api/v1/clusters/{cluster}/topics/{topic}/hold'
const params = z.object({ cluster: z.string(), topic: z.string() })

export const getHoldRoute = defineRoute({
  method: 'GET',
  path: PATH,
  summary: 'The hold of a topic’s retention, what a new one would change and cost, and why it may be impossible',
  permission: 'topics:read',
  params,
  answer: holdAnswer,
  errors: ['cluster_not_found', 'topic_not_found'],
  handler: ({ params: place }, { services, locale }) => getHold(services, place, locale),
})

export const startHoldRoute = defineRoute({
  method: 'POST',
  path: PATH,
  summary:
    'Hold retention until a time that is at most 30 days ahead; 202 when the cluster has not confirmed it yet and the console goes on',
  permission: 'topics:hold',
  params,
  body: holdBody,
  answer: hold,
  status: 201,
  otherStatus: 202,
  auditAction: 'retention.hold',
  errors: [
    'cluster_not_found',
    'cluster_read_only',
    'topic_not_found',
    'hold_unsupported',
    'hold_topic_internal',
    'hold_topic_compacted',
    'hold_not_needed',
    'hold_exists',
    'hold_conflict',
    'hold_busy',
    'cluster_fault',
  ],
  handler: async ({ params: place, body: { untilAt, reason } }, context) => {
    context.audit.target = `${place.cluster}/${place.topic}`
    context.audit.detail = { reason, untilAt: new Date(untilAt).toISOString() }
    const { actor } = context.audit
    return told(
      await startHold(context.services, place, { untilAtMs: untilAt, reason }, actor, context.locale),
      context,
    )
  },
})

export const releaseHoldRoute = defineRoute({
  method: 'DELETE',
  path: PATH,
  summary:
    'Restore the retention that was there before, or look again at a hold that somebody changed; keep=true closes that one as it is',
  permission: 'topics:hold',
  params,
  query: z.object({ keep: offFlag }),
  answer: hold,
  otherStatus: 202,
  auditAction: 'retention.release',
  errors: [
    'cluster_not_found',
    'cluster_read_only',
    'hold_not_found',
    'hold_unsupported',
    'hold_conflict',
    'hold_busy',
    'cluster_fault',
  ],
  handler: async ({ params: place, query: { keep } }, context) => {
    context.audit.target = `${place.cluster}/${place.topic}`
    if (keep) context.audit.detail = { keep: 'true' }
    const { actor } = context.audit
    return told(await releaseHold(context.services, place, { keep, actor }, context.locale), context)
  },
})

/** Writes down which hold it was and what became of it, and says by the status whether the cluster has done it. */
function told(answer: HoldAnswer, context: RequestContext): HoldAnswer {
  const { id, state, reason, settings } = answer
  const before = settings.map((setting) => `${setting.name}=${setting.before ?? 'none'}`).join(' ')
  context.audit.detail = { ...context.audit.detail, hold: id, state, reason, before }
  if (state === 'planned' || state === 'releasing') context.replyStatus = 202
  return answer
}
