/** Reading and writing messages of a Kafka cluster. Each part has connections of its own, so none waits behind another. */
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import type {
  ExactlyOnceChannel,
  ExactlyOnceJob,
  MessageAccess,
  MessageReader,
  MessageSender,
  PartitionPlace,
} from '../cluster/messages.ts'
import { deleteRecordsBefore } from './delete-records.ts'
import { DEFAULT_DEADLINES, KafkaClient } from './kafka-client.ts'
import type { Deadlines } from './kafka-config.ts'
import { KafkaExactlyOnce } from './kafka-exactly-once.ts'
import { KafkaReader } from './kafka-reader.ts'
import { KafkaRouter } from './kafka-router.ts'
import { KafkaSender } from './kafka-sender.ts'

export interface KafkaMessagesOptions {
  /** Of one connection and one request. */
  deadlines?: Deadlines
  /** How long a call goes on trying after what passes by itself. */
  patienceMs?: number
}

export class KafkaMessages implements MessageAccess {
  readonly #config: KafkaClusterConfig
  readonly #options: KafkaMessagesOptions
  readonly #open = new Set<{ close(): Promise<void> }>()

  constructor(config: KafkaClusterConfig, options: KafkaMessagesOptions = {}) {
    this.#config = config
    this.#options = options
  }

  reader(): MessageReader {
    return this.#keep(new KafkaReader(this.#client(), this.#options.patienceMs))
  }

  sender(): MessageSender {
    return this.#keep(new KafkaSender(this.#client(), this.#options.patienceMs))
  }

  exactlyOnce(job: ExactlyOnceJob): ExactlyOnceChannel {
    return this.#keep(new KafkaExactlyOnce(this.#client(), job, this.#options.patienceMs))
  }

  async deleteBefore(
    topic: string,
    places: readonly (PartitionPlace & { offset: bigint })[],
    signal: AbortSignal,
  ): Promise<void> {
    const client = this.#client()
    try {
      await deleteRecordsBefore(new KafkaRouter(client, this.#options.patienceMs), topic, places, signal)
    } finally {
      await client.close()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((part) => part.close()))
  }

  #client(): KafkaClient {
    return new KafkaClient(this.#config, this.#options.deadlines ?? DEFAULT_DEADLINES)
  }

  /** Closes it with the rest, unless its user did so before. */
  #keep<Part extends { close(): Promise<void> }>(part: Part): Part {
    const close = part.close.bind(part)
    part.close = () => {
      this.#open.delete(part)
      return close()
    }
    this.#open.add(part)
    return part
  }
}
