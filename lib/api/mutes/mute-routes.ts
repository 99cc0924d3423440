import { z } from 'zod'
import { muteEnd, muteInput } from '../../config/rules.ts'
import { defineRoute } from '../route-declaration.ts'
import { listQuery } from '../schemas/common.ts'
import { muteAnswer, muteList } from '../schemas/mutes.ts'
import { addMute, listMutes } from './mute-operations.ts'

export const listMutesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/mutes',
  summary: 'Which findings are muted until when and why; also mutes that ended in the last 30 days',
  permission: 'findings:read',
  query: listQuery,
  answer: muteList,
  handler: ({ query }, { services }) => listMutes(services, query),
})

export const addMuteRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/mutes',
  summary: 'Mute findings by rule, cluster and subject, until a time that is at most one year ahead',
  permission: 'findings:mute',
  body: muteInput.extend({ untilAt: muteEnd }),
  answer: muteAnswer,
  status: 201,
  auditAction: 'finding.mute',
  errors: ['mutes_too_many'],
  handler: async ({ body: { untilAt, ...mute } }, context) => {
    const { code, cluster, subject, reason } = mute
    context.audit.target = code
    context.audit.detail = { cluster, subject, reason, untilAtMs: untilAt }
    const added = await addMute(context.services, { ...mute, untilAtMs: untilAt }, context.audit.actor)
    // By it the entry of its end is found: others may mute the same.
    context.audit.detail = { mute: added.id, ...context.audit.detail }
    return added
  },
})

export const removeMuteRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/mutes/{mute}',
  summary: 'End a mute: what it hid is shown again',
  permission: 'findings:mute',
  params: z.object({ mute: z.string().regex(/^[\w-]{1,64}$/) }),
  answer: null,
  status: 204,
  auditAction: 'finding.unmute',
  errors: ['mute_not_found', 'mute_in_file'],
  handler: async ({ params }, { services, audit }) => {
    audit.target = params.mute
    const { code, cluster, subject, createdBy, untilAtMs } = await services.mutes.remove(params.mute)
    audit.target = code
    audit.detail = { mute: params.mute, cluster, subject, mutedBy: createdBy ?? '', untilAtMs }
  },
})
