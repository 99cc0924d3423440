import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { acknowledgeAlertBody, alert, alertDetail, alertList } from '../schemas/alerts.ts'
import { acknowledgeAlert, getAlert, listAlerts } from './alert-operations.ts'
import { alertQuery } from './alert-query.ts'

const params = z.object({ alert: z.string().max(64) })

export const listAlertsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/alerts',
  summary: 'Alerts of all clusters, open or ended in the last 30 days: what fires comes first',
  permission: 'alerts:read',
  query: alertQuery,
  answer: alertList,
  errors: ['cluster_not_found'],
  handler: ({ query }, context) => listAlerts(query, context),
})

export const getAlertRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/alerts/{alert}',
  summary: 'One alert with all that became of it',
  permission: 'alerts:read',
  params,
  answer: alertDetail,
  errors: ['alert_not_found'],
  handler: ({ params: { alert: id } }, context) => getAlert(id, context),
})

export const acknowledgeAlertRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/alerts/{alert}/acknowledge',
  summary: 'Say that somebody looks after an alert; it ends when what it tells is over',
  permission: 'alerts:acknowledge',
  params,
  body: acknowledgeAlertBody,
  answer: alert,
  auditAction: 'alert.acknowledge',
  errors: ['alert_not_found', 'alert_not_open', 'alert_acknowledged'],
  handler: ({ params: { alert: id }, body }, context) => acknowledgeAlert(id, body.note, context),
})
