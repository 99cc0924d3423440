import { describe, expect, it } from 'vitest'
import { signedFields } from '../../../lib/rocketmq/acl-signature.ts'

const CREDENTIALS = { accessKey: 'ak1', secretKey: 'sk1' }
const FIELDS = { topic: 'T1', queueId: '0' }

describe('signedFields', () => {
  // The expected signatures were accepted by a real 5.5.0 broker.
  it.each([
    ['no body', '', 'xFL9Hp+j1EH5Qu6/XqzowErbDDM='],
    ['a body', 'hello', 'W/kH4fQlKkINVSc+QZJj1Gx3sRs='],
  ])('signs a request with %s', (_name, body, Signature) => {
    expect(signedFields(FIELDS, Buffer.from(body), CREDENTIALS)).toEqual({ ...FIELDS, AccessKey: 'ak1', Signature })
  })

  it('does not depend on the order of the fields', () => {
    const turned = { queueId: '0', topic: 'T1' }
    const signatures = [FIELDS, turned].map((fields) => signedFields(fields, Buffer.alloc(0), CREDENTIALS).Signature)
    expect(signatures[0]).toBe(signatures[1])
  })

  it('sorts upper case before lower case, as Java does', () => {
    const one = signedFields({ a: '2', B: '1' }, Buffer.alloc(0), { accessKey: '', secretKey: 'k' })
    const other = signedFields({ x: '12' }, Buffer.alloc(0), { accessKey: '', secretKey: 'k' })
    expect(one.Signature).toBe(other.Signature)
  })

  it('never hands out the secret', () => {
    expect(JSON.stringify(signedFields(FIELDS, Buffer.alloc(0), CREDENTIALS))).not.toContain('sk1')
  })
})
