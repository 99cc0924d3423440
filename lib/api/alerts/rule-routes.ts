import { z } from 'zod'
import { alertRuleId, alertRuleInput } from '../../config/alerts.ts'
import { defineRoute } from '../route-declaration.ts'
import { alertPreview, alertRule, alertRuleList } from '../schemas/alerts.ts'
import { timeInput } from '../time-input.ts'
import { previewRule } from './preview-operations.ts'
import { addAlertRule, listAlertRules, removeAlertRule, replaceAlertRule } from './rule-operations.ts'

export const listAlertRulesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/alert-rules',
  summary:
    'Every rule of alerts: the built-in ones as the configuration tunes them, its own, and those that people wrote here',
  permission: 'alerts:read',
  answer: alertRuleList,
  handler: (_input, { services, locale }) => listAlertRules(services, locale),
})

/** Each poll reads all of them: none is long. */
const MOST_BODY_BYTES = 8 * 1024
const params = z.object({ rule: alertRuleId })

export const addAlertRuleRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/alert-rules',
  summary: 'Write a rule of your own, as under rules of alerts in the configuration; it holds from the next poll on',
  permission: 'alerts:write',
  body: alertRuleInput,
  maxBodyBytes: MOST_BODY_BYTES,
  answer: alertRule,
  status: 201,
  auditAction: 'alert.addRule',
  errors: ['alert_rule_exists', 'alert_rule_in_file', 'alert_rules_too_many'],
  handler: ({ body }, context) => addAlertRule(body, context),
})

export const replaceAlertRuleRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/alert-rules/{rule}',
  summary: 'Change a rule that was written here; what it told ends where the change decides whether it fires',
  permission: 'alerts:write',
  params,
  // When what is changed had been written last: changedAt, or createdAt of one that was never changed.
  query: z.object({ writtenAt: timeInput.optional() }),
  body: alertRuleInput,
  maxBodyBytes: MOST_BODY_BYTES,
  answer: alertRule,
  auditAction: 'alert.changeRule',
  errors: ['alert_rule_not_found', 'alert_rule_built_in', 'alert_rule_in_file', 'alert_rule_changed'],
  handler: ({ params, query, body }, context) =>
    replaceAlertRule({ code: params.rule, writtenAtMs: query.writtenAt ?? null }, body, context),
})

export const removeAlertRuleRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/alert-rules/{rule}',
  summary: 'Remove a rule that was written here; what it told ends with the next poll',
  permission: 'alerts:write',
  params,
  answer: null,
  status: 204,
  auditAction: 'alert.removeRule',
  errors: ['alert_rule_not_found', 'alert_rule_built_in', 'alert_rule_in_file'],
  handler: ({ params }, context) => removeAlertRule(params.rule, context),
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
