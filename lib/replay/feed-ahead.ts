/** The batches of a feed, one of them made while the one before is on its way: neither brokers nor we wait for the other. */
import type { FeedBatch, FeedLimits, SourceFeed } from './source-feed.ts'

/** A failure is handed on when the batch is asked for. */
type Ahead = { batch: FeedBatch; error: null } | { batch: null; error: unknown }

type Feed = Pick<SourceFeed, 'isDone' | 'take' | 'close'>

export class FeedAhead {
  readonly #feed: Feed
  #ahead: Promise<Ahead> | null = null

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** Whether a batch was made, or is being made, that nobody asked for yet. */
  get isAhead(): boolean {
    return this.#ahead !== null
  }

  get isDone(): boolean {
    return this.#ahead === null && this.#feed.isDone
  }

  /**
   * The next batch, which may have been made within the limits of the one before.
   *
   * @param mayGoAhead only where nothing limits how much may go: what was made must not have to be put back
   * @throws MessageAccessError
   */
  async take(limits: FeedLimits, mayGoAhead: boolean, signal: AbortSignal): Promise<FeedBatch> {
    const ahead = await this.#ahead
    this.#ahead = null
    if (ahead?.error) throw ahead.error
    const batch = ahead?.batch ?? (await this.#feed.take(limits, signal))
    if (mayGoAhead && !this.#feed.isDone) {
      this.#ahead = this.#feed.take(limits, signal).then(
        (next): Ahead => ({ batch: next, error: null }),
        (error): Ahead => ({ batch: null, error }),
      )
    }
    return batch
  }

  async close(): Promise<void> {
    await this.#feed.close()
    await this.#ahead
  }
}
