import { describe, expect, it } from 'vitest'
import { faultOfReply } from '../../../lib/rocketmq/rocketmq-fault.ts'

const ACL_1 = 'org.apache.rocketmq.acl.common.AclException: check signature failed, org.apache.rocketmq.acl.plain'

describe('a reply’s code becomes a fault', () => {
  it.each([
    [0, null, false, null],
    [0, 'not set any response code', false, null],
    [3, null, false, 'unsupportedByBroker'],
    [16, 'User:ro has no permission', false, 'authorizationFailed'],
    [16, 'whatever words', true, 'authenticationFailed'],
    [1, ACL_1, true, 'authenticationFailed'],
    [1, 'some text that names AclException later', true, 'brokerError'],
    [1, null, false, 'brokerError'],
    [2, '[REJECTREQUEST]', false, 'brokerError'],
    [17, null, false, 'topicDeleted'],
    [26, null, false, 'groupNotFound'],
  ])('%d %s', (code, remark, needsNoRight, expected) => {
    const reply = { code, version: 513, remark, ext: {}, body: Buffer.alloc(0) }
    const found = faultOfReply(reply, { address: 'h:1', api: 'GET_TOPIC_STATS_INFO', needsNoRight })
    expect(found?.code ?? null).toBe(expected)
    if (found) expect(found.facts).toMatchObject({ address: 'h:1', api: 'GET_TOPIC_STATS_INFO' })
    if (expected === 'brokerError') expect(found?.facts.errorCode).toBe(code)
  })
})
