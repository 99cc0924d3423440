/** From the codes of RocketMQ's replies to our faults. By the code, and never by a remark's words. */
import { type Fault, type FaultCode, fault } from '../cluster/fault.ts'
import { errorChain } from '../cluster/network-fault.ts'
import { FastjsonError } from './fastjson.ts'
import type { RemotingReply } from './remoting-connection.ts'
import { RemotingFault } from './remoting-fault.ts'
import { RemotingFormatError } from './remoting-format-error.ts'

const SUCCESS = 0
export const SYSTEM_ERROR = 1
export const SYSTEM_BUSY = 2
const REQUEST_CODE_NOT_SUPPORTED = 3
const MESSAGE_ILLEGAL = 13
const SERVICE_NOT_AVAILABLE = 14
const NO_PERMISSION = 16
const TOPIC_NOT_EXIST = 17
const SUBSCRIPTION_GROUP_NOT_EXIST = 26
const INVALID_PARAMETER = 29
const FLOW_CONTROL = 215
const NOT_LEADER_FOR_QUEUE = 501

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
  'messageRefused',
  'brokerError',
  'invalidAnswer',
])

export function isOfServer({ code }: Fault): boolean {
  return !FAULTS_OF_A_QUESTION.has(code)
}

/** Answers that a broker gives before it stores a message. */
const REFUSALS: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'unsupportedByBroker',
  'authenticationFailed',
  'authorizationFailed',
  'topicDeleted',
  'groupNotFound',
  'messageRefused',
])
const REFUSING_CODES: ReadonlySet<unknown> = new Set([
  SYSTEM_BUSY,
  SERVICE_NOT_AVAILABLE,
  FLOW_CONTROL,
  NOT_LEADER_FOR_QUEUE,
])

/**
 * For what came in answer to a message: true when it was surely not stored. Any exception makes a system error, also
 * one behind the storing, so that one is not sure.
 */
export function isCertainRefusal({ code, facts }: Fault): boolean {
  return REFUSALS.has(code) || (code === 'brokerError' && REFUSING_CODES.has(facts.errorCode))
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
    case MESSAGE_ILLEGAL:
    case INVALID_PARAMETER:
      return fault('messageRefused', { ...facts, errorCode: code })
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
