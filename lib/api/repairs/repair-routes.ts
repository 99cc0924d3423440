import { z } from 'zod'
import { addressOf } from '../../auth/authenticator.ts'
import { changesTopic, defineRoute } from '../route-declaration.ts'
import { type RepairDoneAnswer, repairBody, repairDone, repairPreview } from '../schemas/repairs.ts'
import { previewRepair, startRepair } from './repair-operations.ts'

const PATH = '/api/v1/clusters/{cluster}/topics/{topic}/repair'
const params = z.object({ cluster: z.string(), topic: z.string() })

export const previewRepairRoute = defineRoute({
  method: 'GET',
  path: PATH,
  summary: 'Which settings of a topic the console would change about a finding of it, and why it may refuse to',
  permission: 'topics:read',
  params,
  query: z.object({ code: z.string().max(100) }),
  answer: repairPreview,
  errors: ['cluster_not_found', 'topic_not_found', 'repair_unknown'],
  handler: ({ params: place, query: { code } }, { services, locale }) => previewRepair(services, place, code, locale),
})

export const startRepairRoute = defineRoute({
  method: 'POST',
  path: PATH,
  summary: 'Change the settings that the preview showed, if they are still what it showed',
  permission: 'topics:repair',
  needs: changesTopic,
  params,
  body: repairBody,
  answer: repairDone,
  auditAction: 'topic.repair',
  errors: [
    'cluster_not_found',
    'cluster_read_only',
    'topic_not_found',
    'repair_unknown',
    'repair_not_needed',
    'repair_stops_writes',
    'repair_conflict',
    'cluster_fault',
  ],
  handler: ({ params: place, body }, { services, audit, headers }) => {
    audit.target = `${place.cluster}/${place.topic}`
    audit.detail = { code: body.code, reason: body.reason }
    // What is not written down is not done: whoever is killed within the change has left this.
    const begin = async (settings: RepairDoneAnswer['settings']): Promise<void> => {
      const before = settings.map((setting) => `${setting.name}=${setting.before ?? 'none'}`).join(' ')
      const after = settings.map((setting) => `${setting.name}=${setting.after ?? 'none'}`).join(' ')
      audit.detail = { ...audit.detail, before, after }
      const begun = { action: 'topic.repairBegun', outcome: 'ok', httpStatus: null } as const
      await services.audit.record({ ...audit, ...begun, atMs: services.now(), remoteAddress: addressOf(headers) })
    }
    return startRepair(services, place, body, begin)
  },
})
