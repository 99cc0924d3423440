import { defineRoute } from '../route-declaration.ts'
import { lintAnswer, lintBody, MAX_LINT_CHARS } from '../schemas/lint.ts'
import { lintText } from './lint-operations.ts'

/** JSON may write each sign with six. */
const MAX_BODY_BYTES = MAX_LINT_CHARS * 6 + 4_096

export const lintRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/lint',
  summary: 'What the settings of a producer or consumer mean for losses; the text is neither stored nor logged',
  permission: 'topics:read',
  body: lintBody,
  maxBodyBytes: MAX_BODY_BYTES,
  answer: lintAnswer,
  errors: ['cluster_not_found', 'topic_not_found'],
  handler: ({ body }, { services, locale }) => lintText(services, body, locale),
})
