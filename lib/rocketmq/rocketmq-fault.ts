/** From the codes of RocketMQ's replies to our faults. By the code, and never by a remark's words. */
import { type Fault, type FaultCode, fault } from '../cluster/fault.ts'
import { errorChain } from '../cluster/network-fault.ts'
import { FastjsonError } from './fastjson.ts'
import type { RemotingReply } from './remoting-connection.ts'
import { RemotingFault } from './remoting-fault.ts'
import { RemotingFormatError } from './remoting-format-error.ts'

const SUCCESS = 0
const SYSTEM_ERROR = 1
const REQUEST_CODE_NOT_SUPPORTED = 3
const NO_PERMISSION = 16
const TOPIC_NOT_EXIST = 17
const SUBSCRIPTION_GROUP_NOT_EXIST = 26

/** The class that ACL 1.0 (up to 5.3.2) throws for whatever it refuses; it has no code of its own. */
const ACL_EXCEPTION = /^org\.apache\.rocketmq\.acl\.common\.AclException\b/

export interface ReplySetting {
  address: string
  /** The request's name. */
  api: string
  /** Any account that exists may ask it, so that a refusal is one of the account itself. */
  needsNoRight: boolean
}

/** Of one question only: the server is there, takes our account, and may answer the next one. */
const FAULTS_OF_A_QUESTION: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'unsupportedByBroker',
  'authorizationFailed',
  'topicDeleted',
  'groupNotFound',
  'brokerError',
  'invalidAnswer',
])

export function isOfServer({ code }: Fault): boolean {
  return !FAULTS_OF_A_QUESTION.has(code)
}

/** Null for success. */
export function faultOfReply(
  { code, remark }: RemotingReply,
  { address, api, needsNoRight }: ReplySetting,
): Fault | null {
  const facts = { address, api }
  switch (code) {
    case SUCCESS:
      return null
    case REQUEST_CODE_NOT_SUPPORTED:
      return fault('unsupportedByBroker', facts)
    case NO_PERMISSION:
      return fault(needsNoRight ? 'authenticationFailed' : 'authorizationFailed', facts)
    case TOPIC_NOT_EXIST:
      return fault('topicDeleted', facts)
    case SUBSCRIPTION_GROUP_NOT_EXIST:
      return fault('groupNotFound', facts)
    default:
      if (code === SYSTEM_ERROR && ACL_EXCEPTION.test(remark ?? '')) return fault('authenticationFailed', facts)
      return fault('brokerError', { ...facts, errorCode: code })
  }
}

/** For anything that asking or reading an answer may throw; null when the error is our own. */
export function faultOfThrown(error: unknown, facts: Fault['facts']): Fault | null {
  for (const cause of errorChain(error)) {
    if (cause instanceof RemotingFault) return cause.fault
    if (cause instanceof RemotingFormatError || cause instanceof FastjsonError) return fault('invalidAnswer', facts)
  }
  return null
}
