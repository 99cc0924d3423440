/** Reading and sending messages of one RocketMQ cluster, over connections apart from those of the polls. */
import type { RocketmqClusterConfig } from '../cluster/cluster-config.ts'
import { fault } from '../cluster/fault.ts'
import type { MessageAccess, MessageReader, MessageSender } from '../cluster/messages.ts'
import { SECOND_MS } from '../units.ts'
import { accessError } from './access-error.ts'
import { type Deadlines, RocketmqClient } from './rocketmq-client.ts'
import { RocketmqReader } from './rocketmq-reader.ts'
import { RocketmqSender } from './rocketmq-sender.ts'
import { TopicPlaces } from './topic-places.ts'

/** Shorter than a poll's: a person waits, and a master that hangs is to leave time to ask its slave. */
const DEADLINES: Deadlines = { connectMs: 3 * SECOND_MS, requestMs: 5 * SECOND_MS }

export interface RocketmqMessagesOptions {
  /** Of everything but sending, which waits for as long as a broker may need. */
  deadlines?: Partial<Deadlines>
}

export class RocketmqMessages implements MessageAccess {
  readonly #client: RocketmqClient
  readonly #places: TopicPlaces

  constructor(config: RocketmqClusterConfig, { deadlines }: RocketmqMessagesOptions = {}) {
    this.#client = new RocketmqClient(config, { ...DEADLINES, ...deadlines })
    this.#places = new TopicPlaces(config.nameServers)
  }

  reader(): MessageReader {
    return new RocketmqReader(this.#client, this.#places)
  }

  sender(): MessageSender {
    return new RocketmqSender(this.#client, this.#places)
  }

  /** A transaction of RocketMQ spans one message: there is nothing to keep progress in. */
  exactlyOnce(): null {
    return null
  }

  /** RocketMQ deletes by age and by file only. */
  deleteBefore(): Promise<void> {
    return Promise.reject(accessError(fault('unsupportedByBroker', { api: 'DELETE_MESSAGES' })))
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}
