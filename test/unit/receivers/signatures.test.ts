import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { buildOutgoing } from '../../../lib/receivers/build-outgoing.ts'
import { dingtalkSignature } from '../../../lib/receivers/formats/dingtalk.ts'
import { feishuSignature } from '../../../lib/receivers/formats/feishu.ts'
import { webhookSignature } from '../../../lib/receivers/formats/webhook.ts'
import type { OutgoingRequest } from '../../../lib/receivers/outgoing.ts'
import { SECOND_MS } from '../../../lib/units.ts'
import { anAlertNotification, aReceiver, CONTEXT, WEBHOOK_SECRET } from '../../builders/notifications.ts'

test('a webhook is signed as the vector of its standard says', () => {
  const made = webhookSignature(WEBHOOK_SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test":2432232314}')
  expect(made).toBe('v1,Vif40peJBP7Iyl0XGmu61n4MwdrcHov5CFREBpE0svs=')
})

test('the standard’s own library takes what is sent, under the same id at every attempt', () => {
  // It knows no clock but the machine's.
  const nowMs = Date.now()
  const attempts = [nowMs, nowMs + 60 * SECOND_MS].map(
    (at) => buildOutgoing(aReceiver('webhook'), anAlertNotification(), { ...CONTEXT, nowMs: at }) as OutgoingRequest,
  )
  for (const { body, headers } of attempts) {
    const verified = new Webhook(WEBHOOK_SECRET).verify(body, { ...headers }) as { type: string }
    expect(verified.type).toBe('alert.firing')
    expect(() => new Webhook(WEBHOOK_SECRET).verify(`${body} `, { ...headers })).toThrow()
  }
  const [first, second] = attempts.map(({ headers }) => headers)
  expect(first?.['webhook-id']).toBe(CONTEXT.id)
  expect(second?.['webhook-id']).toBe(CONTEXT.id)
  expect(first?.['webhook-signature']).not.toBe(second?.['webhook-signature'])
})

test('DingTalk: time and secret are signed, in milliseconds, in the address', () => {
  expect(dingtalkSignature('SECexample', '1700000000000')).toBe('uroalHrWHORz59talE1o26b8HuX2kOp8WlAN91F9Pj0=')
  const sent = buildOutgoing(aReceiver('dingtalk'), anAlertNotification(), CONTEXT) as OutgoingRequest
  const url = new URL(sent.url)
  expect(url.searchParams.get('access_token')).toBe('MARKER-ding')
  expect(url.searchParams.get('timestamp')).toBe('1700000000000')
  expect(url.search).toContain('sign=uroalHrWHORz59talE1o26b8HuX2kOp8WlAN91F9Pj0%3D')
  const unsigned = buildOutgoing(aReceiver('dingtalk', { secret: null }), anAlertNotification(), CONTEXT)
  expect((unsigned as OutgoingRequest).url).not.toContain('sign')
})

test('Feishu: the key is time and secret, in seconds, in the body', () => {
  const sign = 'cEt80JCQwBhFVQnPiYqO9uv+3rPYgwG9tbXReZdlAqM='
  expect(feishuSignature('examplesecret', '1700000000')).toBe(sign)
  const sent = buildOutgoing(aReceiver('feishu'), anAlertNotification(), CONTEXT) as OutgoingRequest
  expect(JSON.parse(sent.body)).toMatchObject({ timestamp: '1700000000', sign })
  const unsigned = buildOutgoing(aReceiver('feishu', { secret: null }), anAlertNotification(), CONTEXT)
  expect(JSON.parse((unsigned as OutgoingRequest).body)).not.toHaveProperty('sign')
})
