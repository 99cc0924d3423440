import { defineRoute } from '../route-declaration.ts'
import { eventList } from '../schemas/events.ts'
import { listEvents } from './event-operations.ts'
import { eventQuery } from './event-query.ts'

export const listEventsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  summary: 'What happened to the clusters, such as changes of leaders, brokers and settings, and replays; newest first',
  permission: 'series:read',
  query: eventQuery,
  answer: eventList,
  errors: ['cluster_not_found'],
  handler: ({ query }, { services }) => listEvents(services, query),
})
