/** Questions that are asked while their answer is being found: a page asks for several metrics of one shard at once. */
export class SingleFlight {
  readonly #running = new Map<string, Promise<unknown>>()

  /** The answer may have been begun shortly before the call: not for what must be as new as the question. */
  run<T>(key: string, find: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key)
    if (running !== undefined) return running as Promise<T>
    const started = find().finally(() => {
      if (this.#running.get(key) === started) this.#running.delete(key)
    })
    this.#running.set(key, started)
    return started
  }

  /** Something was written: who asks from now on gets an answer that was begun after it. */
  forget(): void {
    this.#running.clear()
  }
}
