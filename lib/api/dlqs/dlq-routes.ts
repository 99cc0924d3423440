import { defineRoute } from '../route-declaration.ts'
import { listQuery } from '../schemas/common.ts'
import { dlqList } from '../schemas/dlqs.ts'
import { listDlqs } from './dlq-operations.ts'

export const listDlqsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/dlqs',
  summary: 'Dead-letter queues of all clusters with their depth',
  permission: 'deadLetters:read',
  query: listQuery,
  answer: dlqList,
  handler: ({ query }, { services }) => listDlqs(services, query),
})
