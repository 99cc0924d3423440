/** Lets only so many run at once; the others wait in the order they came. */
export class LimitedTurns {
  private free: number
  private readonly waiting: (() => void)[] = []

  constructor(max: number) {
    this.free = max
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.free += 1
      else next()
    }
  }
}
