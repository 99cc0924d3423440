import { describe, expect, test } from 'vitest'
import {
  emptyReceiverForm,
  FIELDS_OF,
  HIDDEN_FIELDS,
  isReceiverComplete,
  RECEIVER_TYPES,
  type ReceiverForm,
  receiverBody,
} from '../../../lib/client/receiver-form.ts'
import { RECEIVER_TYPES as KNOWN_TYPES, receiverInput } from '../../../lib/config/receivers.ts'
import { WEBHOOK_SECRET } from '../../builders/notifications.ts'

const VALUES = {
  ...{ url: ' https://example.org/in ', secret: WEBHOOK_SECRET, routingKey: 'key', username: 'u', password: 'p' },
  ...{ smtp: 'smtp://host:587', from: 'a@example.org', to: 'b@example.org, c@example.org' },
}

const filled = (type: ReceiverForm['type']): ReceiverForm => {
  return { ...emptyReceiverForm('zh-CN'), id: ' mine ', type, values: VALUES }
}

test('every type can be chosen', () => {
  expect([...RECEIVER_TYPES].sort()).toEqual([...KNOWN_TYPES].sort())
})

test('what holds a password is not shown while it is typed', () => {
  expect(HIDDEN_FIELDS).toEqual(expect.arrayContaining(['secret', 'routingKey', 'password', 'smtp']))
})

describe.each(RECEIVER_TYPES)('%s', (type) => {
  test('makes a body that the console takes, of its own fields alone', () => {
    const body = receiverBody(filled(type))
    expect(receiverInput.safeParse(body).error).toBeUndefined()
    const fields = FIELDS_OF[type].map(({ field }) => field)
    expect(Object.keys(body).sort()).toEqual(['id', 'type', 'language', ...fields].sort())
    expect(body).toMatchObject({ id: 'mine', type, language: 'zh-CN' })
  })

  test('can be added as soon as nothing is missing that it must have', () => {
    expect(isReceiverComplete(filled(type))).toBe(true)
    expect(isReceiverComplete({ ...filled(type), id: ' ' })).toBe(false)
    for (const { field, isOptional } of FIELDS_OF[type]) {
      const form = { ...filled(type), values: { ...VALUES, [field]: ' ' } }
      expect(isReceiverComplete(form), field).toBe(isOptional === true)
      expect(receiverBody(form)).not.toHaveProperty(field)
    }
  })
})

test('recipients are parted by what people write between them', () => {
  const form = { ...filled('email'), values: { ...VALUES, to: 'a@x, b@x;c@x\n d@x' } }
  expect(receiverBody(form).to).toEqual(['a@x', 'b@x', 'c@x', 'd@x'])
})
