import { z } from 'zod'
import { alertRuleInput } from '../../config/alerts.ts'
import { defineRoute } from '../route-declaration.ts'
import { alertPreview, alertRuleList } from '../schemas/alerts.ts'
import { timeInput } from '../time-input.ts'
import { previewRule } from './preview-operations.ts'
import { listAlertRules } from './rule-operations.ts'

export const listAlertRulesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/alert-rules',
  summary: 'Every rule of alerts: the built-in ones as the configuration tunes them, and its own',
  permission: 'alerts:read',
  answer: alertRuleList,
  handler: (_input, { services, locale }) => listAlertRules(services, locale),
})

export const previewAlertRuleRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/alert-rules/preview',
  summary:
    'How often a rule would have fired, run over what is stored: one by its code, or one as the configuration has it',
  permission: 'alerts:read',
  body: z.strictObject({
    clusterId: z.string().max(200),
    from: timeInput.optional(),
    to: timeInput.optional(),
    code: z.string().max(100).optional(),
    rule: alertRuleInput.optional(),
  }),
  answer: alertPreview,
  errors: ['cluster_not_found', 'range_too_large'],
  handler: ({ body }, { services }) => previewRule(services, body),
})
