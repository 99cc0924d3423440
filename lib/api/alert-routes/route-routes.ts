import { defineRoute } from '../route-declaration.ts'
import { alertRouteList, explainBody, routeExplanation } from '../schemas/alert-routes.ts'
import { explainRoutes, listRoutes } from './route-operations.ts'

export const listAlertRoutesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/routes',
  summary: 'Who is told of which alerts, as the configuration says: the first route that matches takes an alert',
  permission: 'alerts:read',
  answer: alertRouteList,
  handler: (_input, { services }) => listRoutes(services),
})

export const explainAlertRoutesRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/routes/explain',
  summary: 'Who would be told of an alert, together with what and when, by which route, and why nobody else',
  permission: 'alerts:read',
  body: explainBody,
  answer: routeExplanation,
  errors: ['alert_not_found', 'cluster_not_found'],
  handler: ({ body }, { services }) => explainRoutes(services, body),
})
