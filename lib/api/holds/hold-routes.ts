import { z } from 'zod'
import { changesTopic, defineRoute, type RequestContext } from '../route-declaration.ts'
import { offFlag } from '../schemas/common.ts'
import { extendHoldBody, type HoldAnswer, hold, holdAnswer, holdBody, holdList } from '../schemas/holds.ts'
import { listHolds } from './hold-list.ts'
import { extendHold, getHold, releaseHold, startHold } from './hold-operations.ts'
import { holdQuery } from './hold-query.ts'

const PATH = '/api/v1/clusters/{cluster}/topics/{topic}/hold'
const params = z.object({ cluster: z.string(), topic: z.string() })

export const listHoldsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/holds',
  summary: 'Which topics of which clusters are held, by whom, why and until when; also what ended in the last 90 days',
  permission: 'topics:read',
  query: holdQuery,
  answer: holdList,
  errors: ['cluster_not_found'],
  handler: ({ query }, { services, locale }) => listHolds(services, query, locale),
})

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
  needs: changesTopic,
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
    'hold_broker_held',
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

export const extendHoldRoute = defineRoute({
  method: 'PATCH',
  path: PATH,
  summary: 'Hold for longer: until a later time that is at most 30 days ahead',
  permission: 'topics:hold',
  needs: changesTopic,
  params,
  body: extendHoldBody,
  answer: hold,
  auditAction: 'retention.extend',
  errors: ['cluster_not_found', 'cluster_read_only', 'hold_not_found', 'hold_busy'],
  handler: async ({ params: place, body: { untilAt, reason = null } }, { services, audit, locale }) => {
    audit.target = `${place.cluster}/${place.topic}`
    audit.detail = { untilAt: new Date(untilAt).toISOString(), ...(reason === null ? {} : { reason }) }
    const { before, answer } = await extendHold(services, place, { untilAtMs: untilAt, reason }, locale)
    const was = { untilBefore: new Date(before.untilAtMs).toISOString(), reasonBefore: before.reason }
    audit.detail = { ...audit.detail, hold: answer.id, ...was }
    return answer
  },
})

export const releaseHoldRoute = defineRoute({
  method: 'DELETE',
  path: PATH,
  summary:
    'Restore the retention that was there before, or look again at a hold that somebody changed; keep=true closes that one, or one that cannot be restored, as it is',
  permission: 'topics:hold',
  needs: changesTopic,
  params,
  query: z.object({ keep: offFlag }),
  answer: hold,
  otherStatus: 202,
  auditAction: 'retention.release',
  errors: ['cluster_not_found', 'cluster_read_only', 'hold_not_found', 'hold_conflict', 'hold_busy', 'cluster_fault'],
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
