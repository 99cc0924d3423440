import { z } from 'zod'
import { addressOf } from '../../auth/authenticator.ts'
import type { ErrorCode } from '../../errors.ts'
import { changesTopic, defineRoute, type RequestContext } from '../route-declaration.ts'
import { type RepairBody, type RepairDoneAnswer, repairBody, repairDone, repairPreview } from '../schemas/repairs.ts'
import { previewRepair, startRepair } from './repair-operations.ts'
import type { RepairPlace } from './repair-trouble.ts'

const OF_TOPIC = '/api/v1/clusters/{cluster}/topics/{topic}/repair'
const OF_GROUP = '/api/v1/clusters/{cluster}/groups/{group}/repair'
const topicParams = z.object({ cluster: z.string(), topic: z.string() })
const groupParams = z.object({ cluster: z.string(), group: z.string() })
const query = z.object({ code: z.string().max(100) })
const PREVIEW_ERRORS = ['cluster_not_found', 'repair_unknown', 'cluster_fault'] as const satisfies readonly ErrorCode[]
const START_ERRORS = [
  ...PREVIEW_ERRORS,
  ...(['cluster_read_only', 'repair_not_needed', 'repair_stops_writes', 'repair_conflict'] as const),
] as const satisfies readonly ErrorCode[]

const placeOfTopic = ({ cluster, topic }: z.output<typeof topicParams>): RepairPlace => ({
  cluster,
  subject: { type: 'topic', name: topic },
})
const placeOfGroup = ({ cluster, group }: z.output<typeof groupParams>): RepairPlace => ({
  cluster,
  subject: { type: 'group', name: group },
})

export const previewRepairRoute = defineRoute({
  method: 'GET',
  path: OF_TOPIC,
  summary: 'Which settings of a topic the console would change about a finding of it, and why it may refuse to',
  permission: 'topics:read',
  params: topicParams,
  query,
  answer: repairPreview,
  errors: [...PREVIEW_ERRORS, 'topic_not_found'],
  handler: ({ params, query: { code } }, { services, locale }) =>
    previewRepair(services, placeOfTopic(params), code, locale),
})

export const startRepairRoute = defineRoute({
  method: 'POST',
  path: OF_TOPIC,
  summary: 'Change the settings that the preview showed, if they are still what it showed',
  permission: 'topics:repair',
  needs: changesTopic,
  params: topicParams,
  body: repairBody,
  answer: repairDone,
  auditAction: 'topic.repair',
  errors: [...START_ERRORS, 'topic_not_found'],
  handler: ({ params, body }, context) => repair(placeOfTopic(params), body, context),
})

export const previewGroupRepairRoute = defineRoute({
  method: 'GET',
  path: OF_GROUP,
  summary: 'Which settings of a group the console would change about a finding of it, as each broker tells them now',
  permission: 'groups:read',
  params: groupParams,
  query,
  answer: repairPreview,
  errors: [...PREVIEW_ERRORS, 'group_not_found'],
  handler: ({ params, query: { code } }, { services, locale }) =>
    previewRepair(services, placeOfGroup(params), code, locale),
})

export const startGroupRepairRoute = defineRoute({
  method: 'POST',
  path: OF_GROUP,
  summary: 'Change the settings that the preview showed, if they are still what it showed',
  permission: 'groups:repair',
  params: groupParams,
  body: repairBody,
  answer: repairDone,
  auditAction: 'group.repair',
  errors: [...START_ERRORS, 'group_not_found'],
  handler: ({ params, body }, context) => repair(placeOfGroup(params), body, context),
})

function repair(place: RepairPlace, body: RepairBody, context: RequestContext): Promise<RepairDoneAnswer> {
  const { services, audit, headers } = context
  const { type, name } = place.subject
  audit.target = `${place.cluster}/${name}`
  audit.detail = { code: body.code, reason: body.reason }
  // What is not written down is not done: whoever is killed within the change has left this.
  const begin = async (settings: RepairDoneAnswer['settings']): Promise<void> => {
    const before = settings.map((setting) => `${setting.name}=${setting.before ?? 'none'}`).join(' ')
    const after = settings.map((setting) => `${setting.name}=${setting.after ?? 'none'}`).join(' ')
    audit.detail = { ...audit.detail, before, after }
    const begun = { action: `${type}.repairBegun`, outcome: 'ok', httpStatus: null } as const
    await services.audit.record({ ...audit, ...begun, atMs: services.now(), remoteAddress: addressOf(headers) })
  }
  return startRepair(services, place, body, begin)
}
