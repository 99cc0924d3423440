/**
 * What a broker keeps of one topic or group, and the change of one value of it. Brokers take the whole entry and nothing less:
 * what is not named is sent back as it was read.
 */
import { countOf, flagOrNull, objectOf, textOrNull } from './answer-fields.ts'
import type { FastjsonObject, FastjsonValue } from './fastjson.ts'
import { bodyOf, type RocketmqRequest } from './rocketmq-requests.ts'

/** By name, each as the broker tells it. */
type Entries = Record<string, FastjsonValue>

export interface SubjectRequests {
  read: RocketmqRequest<[], Entries>
  write: RocketmqRequest<[name: string, entry: FastjsonObject], null>
}

/** A topic that is not there would be made like this one: never here, since its entry was read before. */
const MODEL_TOPIC = 'TBW102'

export const OF_TOPICS: SubjectRequests = {
  read: {
    code: 21,
    name: 'GET_ALL_TOPIC_CONFIG',
    ask: () => ({}),
    read: (reply) => objectOf(bodyOf(reply).topicConfigTable),
  },
  write: {
    code: 17,
    name: 'UPDATE_AND_CREATE_TOPIC',
    // Without attributes, which a broker keeps when none are named.
    ask: (topic, entry) => ({
      ext: {
        ...{ topic, defaultTopic: MODEL_TOPIC },
        readQueueNums: String(countOf(entry.readQueueNums)),
        writeQueueNums: String(countOf(entry.writeQueueNums)),
        perm: String(countOf(entry.perm)),
        topicFilterType: textOrNull(entry.topicFilterType) ?? 'SINGLE_TAG',
        topicSysFlag: String(countOf(entry.topicSysFlag)),
        order: String(flagOrNull(entry.order) ?? false),
      },
    }),
    read: () => null,
  },
}

export const OF_GROUPS: SubjectRequests = {
  read: {
    code: 201,
    name: 'GET_ALL_SUBSCRIPTIONGROUP_CONFIG',
    ask: () => ({}),
    read: (reply) => objectOf(bodyOf(reply).subscriptionGroupTable),
  },
  write: {
    code: 200,
    name: 'UPDATE_AND_CREATE_SUBSCRIPTIONGROUP',
    // As above; named without a sign in front they would be refused.
    ask: (_name, { attributes: _, ...entry }) => ({ body: Buffer.from(JSON.stringify(entry)) }),
    read: () => null,
  },
}
