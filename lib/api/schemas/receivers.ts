import { z } from 'zod'
import { isoTime, listOf } from './common.ts'

export const receiverType = z.enum([
  ...(['webhook', 'pagerduty', 'slack', 'teams', 'alertmanager', 'dingtalk', 'feishu', 'wecom', 'email'] as const),
])

export const receiverAnswer = z.object({
  id: z.string(),
  type: receiverType,
  /** Of what people read there. */
  language: z.enum(['en', 'zh-CN']),
  /** Of a webhook: whether it is signed, or has the shape of Alertmanager's; null for others. */
  format: z.enum(['standard', 'alertmanager']).nullable(),
  /** The host of its address; all of an address may be a credential. */
  host: z.string(),
  /** Of e-mail; null for others. */
  from: z.string().nullable(),
  to: z.array(z.string()).nullable(),
  /** What is set and never told: which, and how it ends. Null: it is so short that its end would tell too much. */
  secrets: z.array(z.object({ name: z.string(), ending: z.string().nullable() })),
  /** `file`: it stands in the configuration file and can only be changed there. */
  source: z.enum(['file', 'runtime']),
  /** Null in the configuration file. */
  createdAt: isoTime.nullable(),
  createdBy: z.string().nullable(),
})
export type ReceiverAnswer = z.infer<typeof receiverAnswer>

export const receiverList = listOf(receiverAnswer)
export type ReceiverListAnswer = z.infer<typeof receiverList>

export const receiverTest = z.object({
  ok: z.boolean(),
  /** What became of it, such as `delivered`, `rateLimited`, `tlsUntrusted`. */
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  latencyMs: z.number(),
})
export type ReceiverTestAnswer = z.infer<typeof receiverTest>
