import { seesPayloads, type TopicPlace } from '../../scope.ts'
import { auditWholeRead } from '../messages/audit-whole-read.ts'
import { SHOWN_BYTES } from '../messages/message-serializers.ts'
import { audienceOf, changesTopic, defineRoute, defineStream, type TopicNeed } from '../route-declaration.ts'
import { listQuery } from '../schemas/common.ts'
import {
  archiveBody,
  causeList,
  changePreview,
  deadLetter,
  deadLetterList,
  handledAnswer,
  previewBody,
  purgeBody,
  purgePreview,
  restoreBody,
  type SelectionInput,
} from '../schemas/dead-letters.ts'
import { dlqList } from '../schemas/dlqs.ts'
import { archiveLetters, previewPurge, purgeLetters, restoreLetters } from './action-operations.ts'
import { listCauses } from './cause-operations.ts'
import { previewChange } from './change-preview.ts'
import { exportLetters, getLetter, listLetters } from './dead-letter-operations.ts'
import { listDlqs } from './dlq-operations.ts'
import {
  causeQuery,
  choosesByContent,
  exportQuery,
  letterParams,
  letterPlaceQuery,
  letterQuery,
  purgeQuery,
  queueParams,
} from './dlq-query.ts'

const QUEUE = '/api/v1/dlqs/{cluster}/{topic}'
/** 10,000 offsets. */
const MAX_SELECTION_BYTES = 1024 * 1024

const readsPayloads = ({ params }: { params: TopicPlace }): TopicNeed[] => [{ ...params, right: 'payloads' }]

/** To choose letters by what is in them is to look into them. */
function changesChosen({ params, body }: { params: TopicPlace; body: { selection: SelectionInput } }): TopicNeed[] {
  return [...changesTopic({ params }), ...(choosesByContent(body.selection) ? readsPayloads({ params }) : [])]
}

export const listDlqsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dlqs',
  summary: 'Dead-letter queues of all clusters with their depth',
  permission: 'deadLetters:read',
  query: listQuery,
  answer: dlqList,
  handler: ({ query }, { services }) => listDlqs(services, query),
})

export const listCausesRoute = defineRoute({
  method: 'GET',
  path: `${QUEUE}/causes`,
  summary: 'What the dead letters of a queue died of, and how many of each are open',
  permission: 'deadLetters:read',
  params: queueParams,
  query: causeQuery,
  answer: causeList,
  errors: ['cluster_not_found', 'topic_not_found'],
  handler: ({ params, query }, { services }) => listCauses(services, params, query),
})

export const listLettersRoute = defineRoute({
  method: 'GET',
  path: `${QUEUE}/messages`,
  summary: 'Dead letters of a queue, the newest first unless order=oldest; nextCursor goes on where a search stopped',
  permission: 'deadLetters:read',
  needs: ({ params, query }) => (choosesByContent(query) ? readsPayloads({ params }) : []),
  showsPayloads: true,
  params: queueParams,
  query: letterQuery,
  answer: deadLetterList,
  errors: ['cluster_not_found', 'topic_not_found', 'cluster_fault'],
  handler: ({ params, query }, context) => listLetters(context.services, params, query, audienceOf(context, params)),
})

export const getLetterRoute = defineRoute({
  method: 'GET',
  path: `${QUEUE}/messages/{partition}/{offset}`,
  summary:
    'One dead letter, or what is still known of one that has expired; maxBytes says how much of its payload, above 64 KiB it is audited',
  permission: 'deadLetters:read',
  showsPayloads: true,
  params: letterParams,
  query: letterPlaceQuery,
  answer: deadLetter,
  errors: ['cluster_not_found', 'topic_not_found', 'message_not_found', 'dead_letter_gone', 'cluster_fault'],
  handler: ({ params: { cluster, topic, ...at }, query }, context) => {
    const { broker, maxBytes = 0 } = query
    if (maxBytes > SHOWN_BYTES) auditWholeRead(context, { cluster, topic, ...at, broker })
    const canFetch = (other: string): boolean => seesPayloads(context.scope, { cluster, topic: other })
    const audience = { ...audienceOf(context, { cluster, topic }), canFetch }
    return getLetter(context.services, { cluster, topic }, { ...at, ...query }, audience)
  },
})

export const exportLettersRoute = defineStream({
  method: 'GET',
  path: `${QUEUE}/export`,
  summary: 'Dead letters as lines of JSON, by the fields of a selection; every open one without any',
  permission: 'deadLetters:read',
  needs: readsPayloads,
  showsPayloads: true,
  params: queueParams,
  query: exportQuery,
  answer: deadLetter,
  contentType: 'application/x-ndjson',
  auditAction: 'deadLetters.export',
  errors: ['cluster_not_found', 'topic_not_found', 'selection_too_large', 'cluster_fault'],
  handler: ({ params, query }, context) => {
    context.audit.target = `${params.cluster}/${params.topic}`
    context.replyHeaders.set('content-disposition', 'attachment; filename="dead-letters.ndjson"')
    return exportLetters(context.services, params, query, audienceOf(context, params), context.audit)
  },
})

export const archiveLettersRoute = defineRoute({
  method: 'POST',
  path: `${QUEUE}/archive`,
  summary: 'Take dead letters off the list, with a note; the queue itself stays as it is',
  permission: 'deadLetters:write',
  needs: (input) => changesChosen(input),
  params: queueParams,
  body: archiveBody,
  maxBodyBytes: MAX_SELECTION_BYTES,
  answer: handledAnswer,
  auditAction: 'deadLetters.archive',
  errors: ['cluster_not_found', 'topic_not_found', 'selection_too_large', 'cluster_fault', 'replay_sends_records'],
  handler: async ({ params, body: { selection, note } }, context) => {
    context.audit.target = `${params.cluster}/${params.topic}`
    const answer = await archiveLetters(context.services, params, selection, { actor: context.audit.actor, note })
    context.audit.detail = { ...answer, note }
    return answer
  },
})

export const restoreLettersRoute = defineRoute({
  method: 'POST',
  path: `${QUEUE}/restore`,
  summary: 'Open archived dead letters again',
  permission: 'deadLetters:write',
  needs: (input) => changesChosen(input),
  params: queueParams,
  body: restoreBody,
  maxBodyBytes: MAX_SELECTION_BYTES,
  answer: handledAnswer,
  auditAction: 'deadLetters.restore',
  errors: ['cluster_not_found', 'topic_not_found', 'selection_too_large', 'cluster_fault'],
  handler: async ({ params, body: { selection } }, context) => {
    context.audit.target = `${params.cluster}/${params.topic}`
    const answer = await restoreLetters(context.services, params, selection, { actor: context.audit.actor, note: null })
    context.audit.detail = { ...answer }
    return answer
  },
})

export const previewChangeRoute = defineRoute({
  method: 'POST',
  path: `${QUEUE}/preview`,
  summary: 'What one change for all records would make of some of them; nothing is changed or sent',
  permission: 'deadLetters:read',
  needs: readsPayloads,
  showsPayloads: true,
  params: queueParams,
  body: previewBody,
  maxBodyBytes: MAX_SELECTION_BYTES,
  answer: changePreview,
  errors: ['cluster_not_found', 'topic_not_found', 'selection_too_large', 'cluster_fault'],
  handler: ({ params, body }, context) => previewChange(context.services, params, body, audienceOf(context, params)),
})

export const previewPurgeRoute = defineRoute({
  method: 'GET',
  path: `${QUEUE}/purge`,
  summary: 'What a purge before these offsets (0:17,1:20) would delete, and how much of it is in no export',
  permission: 'deadLetters:read',
  params: queueParams,
  query: purgeQuery,
  answer: purgePreview,
  errors: ['cluster_not_found', 'topic_not_found', 'selection_too_large', 'cluster_fault'],
  handler: ({ params, query }, { services }) => previewPurge(services, params, query.beforeOffsets),
})

export const purgeLettersRoute = defineRoute({
  method: 'POST',
  path: `${QUEUE}/purge`,
  summary: 'Delete the records before these offsets for everybody; answers how many of them were open',
  permission: 'deadLetters:purge',
  needs: changesTopic,
  params: queueParams,
  body: purgeBody,
  maxBodyBytes: MAX_SELECTION_BYTES,
  answer: handledAnswer,
  auditAction: 'deadLetters.purge',
  errors: [
    'cluster_not_found',
    'topic_not_found',
    'cluster_read_only',
    'replay_queue_busy',
    'purge_not_exported',
    'selection_too_large',
    'cluster_fault',
  ],
  handler: async ({ params, body }, context) => {
    context.audit.target = `${params.cluster}/${params.topic}`
    const places = body.beforeOffsets.map(({ partition, broker, offset }) => `${broker ?? ''}${partition}:${offset}`)
    context.audit.detail = { beforeOffsets: places.join(' ').slice(0, 1_000) }
    const answer = await purgeLetters(context.services, params, body)
    context.audit.detail = { ...context.audit.detail, openRecords: answer.records }
    return answer
  },
})
