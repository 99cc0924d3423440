import { z } from 'zod'
import { silenceInput } from '../../config/alerts.ts'
import { muteEnd } from '../../config/rules.ts'
import { defineRoute } from '../route-declaration.ts'
import { silenceAnswer, silenceList } from '../schemas/alerts.ts'
import { listQuery } from '../schemas/common.ts'
import { addSilence, listSilences } from './silence-operations.ts'

export const listSilencesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/silences',
  summary: 'Of which alerts nobody is told, from when until when and why; also silences that ended in the last 30 days',
  permission: 'alerts:read',
  query: listQuery,
  answer: silenceList,
  handler: ({ query }, { services }) => listSilences(services, query),
})

export const addSilenceRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/silences',
  summary: 'Tell nobody of alerts by rule, cluster, subject and severity, until a time that is at most one year ahead',
  permission: 'alerts:write',
  body: silenceInput.extend({ fromAt: muteEnd.optional(), untilAt: muteEnd }),
  answer: silenceAnswer,
  status: 201,
  auditAction: 'alert.silence',
  errors: ['silences_too_many'],
  handler: async ({ body: { fromAt, untilAt, ...silence } }, { services, audit }) => {
    const { code, cluster, subject, reason } = silence
    const times = { fromAtMs: fromAt ?? services.now(), untilAtMs: untilAt }
    audit.target = code
    audit.detail = { cluster, subject, reason, ...times }
    return addSilence(services, { ...silence, ...times }, audit.actor)
  },
})

export const removeSilenceRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/silences/{silence}',
  summary: 'End a silence: people are told again',
  permission: 'alerts:write',
  params: z.object({ silence: z.string().regex(/^[\w-]{1,64}$/) }),
  answer: null,
  status: 204,
  auditAction: 'alert.unsilence',
  errors: ['silence_not_found', 'silence_in_file'],
  handler: async ({ params }, { services, audit }) => {
    audit.target = params.silence
    const { code, cluster, subject } = await services.silences.remove(params.silence)
    audit.target = code
    audit.detail = { silence: params.silence, cluster, subject }
  },
})
