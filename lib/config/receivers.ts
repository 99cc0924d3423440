/**
 * Who is told, in the configuration and in the body of `POST /api/v1/receivers`:
 *
 *     alerts:
 *       receivers:
 *         - { id: oncall, type: webhook, url: "https://…", secret: "whsec_…" }
 *         - { id: ding, type: dingtalk, url: "…", secret: "SEC…", language: zh-CN }
 *         - { id: mail, type: email, smtp: "smtp://user:pass@host:587", from: "…", to: ["…"] }
 */
import { z } from 'zod'
import { REPORT_LANGUAGES } from './reports.ts'

export const RECEIVER_TYPES = [
  ...(['webhook', 'pagerduty', 'slack', 'teams', 'alertmanager', 'dingtalk', 'feishu', 'wecom', 'email'] as const),
] as const
export type ReceiverType = (typeof RECEIVER_TYPES)[number]

/** What they take is the state of single alerts, and a report is none. */
const OF_ALERTS_ONLY: readonly ReceiverType[] = ['pagerduty', 'alertmanager']

export function takesReports({ type }: { type: ReceiverType }): boolean {
  return !OF_ALERTS_ONLY.includes(type)
}

const LONGEST_URL = 2_048
const SECRET_BYTES = { least: 24, most: 64 }
const MOST_RECIPIENTS = 50
/** Each is offered as it is to whoever adds a route, and every message looks for its own. */
const MOST_RECEIVERS = 200

export const receiverId = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'issue:clusterId' })

/** An address with a sign-in would put the password where nobody expects one: into the address that is shown. */
function isReceiverUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

export const receiverUrl = z.string().max(LONGEST_URL).refine(isReceiverUrl, { error: 'issue:receiverUrl' })
const url = receiverUrl

function isWebhookSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1]
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, 'base64').length
  return bytes >= SECRET_BYTES.least && bytes <= SECRET_BYTES.most
}

function isSmtpUrl(text: string): boolean {
  const parsed = URL.parse(text)
  return parsed !== null && /^smtps?:$/.test(parsed.protocol) && parsed.hostname !== ''
}

const ADDRESS = /^[^\s<>@,;:"()[\]\\]+@[^\s<>@,;:"()[\]\\]+$/
const NAMED_ADDRESS = /^[^<>@,;:"()[\]\\\p{Cc}]*<([^<>]*)>$/u

const recipient = z.string().max(254).regex(ADDRESS, { error: 'issue:mailAddress' })
/** Also `Holdfast <holdfast@example.org>`. */
const sender = z
  .string()
  .max(254)
  .refine((text) => ADDRESS.test(NAMED_ADDRESS.exec(text)?.[1] ?? text), { error: 'issue:mailAddress' })

const base = { id: receiverId, language: z.enum(REPORT_LANGUAGES).default('en') }
const secret = z.string().min(1).max(200)

const webhook = z
  .strictObject({
    ...{ ...base, type: z.literal('webhook'), url },
    /** `standard`: signed, as standardwebhooks.com says; `alertmanager`: the unsigned shape that many bridges take. */
    format: z.enum(['standard', 'alertmanager']).default('standard'),
    secret: z.string().refine(isWebhookSecret, { error: 'issue:webhookSecret' }).nullish(),
  })
  .refine(({ format, secret }) => format === 'alertmanager' || secret, {
    ...{ error: 'issue:webhookSecret', path: ['secret'] },
  })

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue'
const pagerduty = z.strictObject({
  ...{ ...base, type: z.literal('pagerduty') },
  routingKey: z.string().regex(/^[\w-]{1,100}$/, { error: 'issue:routingKey' }),
  url: url.default(PAGERDUTY_URL),
})

const slack = z.strictObject({ ...base, type: z.literal('slack'), url })
const teams = z.strictObject({ ...base, type: z.literal('teams'), url })
const wecom = z.strictObject({ ...base, type: z.literal('wecom'), url })
const dingtalk = z.strictObject({ ...base, type: z.literal('dingtalk'), url, secret: secret.nullish() })
const feishu = z.strictObject({ ...base, type: z.literal('feishu'), url, secret: secret.nullish() })

const alertmanager = z.strictObject({
  ...{ ...base, type: z.literal('alertmanager'), url },
  username: z.string().min(1).max(200).nullish(),
  password: secret.nullish(),
})

const email = z.strictObject({
  ...{ ...base, type: z.literal('email') },
  smtp: z.string().max(LONGEST_URL).refine(isSmtpUrl, { error: 'issue:smtpUrl' }),
  from: sender,
  to: z.array(recipient).min(1).max(MOST_RECIPIENTS),
})

export const receiverInput = z.discriminatedUnion('type', [
  ...[webhook, pagerduty, slack, teams, alertmanager, dingtalk, feishu, wecom, email],
] as const)
export type Receiver = z.output<typeof receiverInput>
export type ReceiverOf<T extends ReceiverType> = Extract<Receiver, { type: T }>

export const receivers = z
  .array(receiverInput)
  .max(MOST_RECEIVERS)
  .superRefine((all, context) => {
    const seen = new Set<string>()
    all.forEach(({ id }, index) => {
      if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'issue:receiverTwice' })
      seen.add(id)
    })
  })
  .nullish()
  .transform((all) => all ?? [])

/** Networks of the operator's own, in which receivers may stand: `10.1.2.0/24`, `fd00::/8`. */
export const allowedNetworks = z
  .array(z.union([z.cidrv4(), z.cidrv6()], { error: 'issue:network' }))
  .max(100)
  .nullish()
  .transform((networks) => networks ?? [])

/** `/alerts` is a word of many lines. */
const LEAST_SECRET_PATH = 16

/** Values that no log line and no answer may show. Of the robots of chats, the address itself is the credential. */
export function secretsOfReceiver(receiver: Receiver): string[] {
  if (receiver.type === 'email') return passwordOf(receiver.smtp)
  const { pathname, search } = new URL(receiver.url)
  const others = [
    'secret' in receiver ? receiver.secret : null,
    'routingKey' in receiver ? receiver.routingKey : null,
    'password' in receiver ? receiver.password : null,
  ].filter((value) => value !== null && value !== undefined)
  if (receiver.url === PAGERDUTY_URL) return others
  // Requests name it without its host.
  const path = `${pathname}${search}`
  return [receiver.url, ...(path.length < LEAST_SECRET_PATH ? [] : [path]), ...others]
}

/** As it stands in the address, and as it is. */
function passwordOf(smtp: string): string[] {
  const { password } = new URL(smtp)
  return password === '' ? [] : [password, decoded(password)]
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A `%` that begins nothing stands for itself.
    return text
  }
}
