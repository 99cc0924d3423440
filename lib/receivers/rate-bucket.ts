/** How fast each kind of receiver may be sent to, so that its vendor does not lock us out. Pure: the clock is given. */
import type { ReceiverType } from '../config/receivers.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'

interface Rate {
  /** So many at once after a rest. */
  burst: number
  perMs: number
}

const perSecond = (count: number, burst = count): Rate => ({ burst, perMs: count / SECOND_MS })
const perMinute = (count: number, burst: number): Rate => ({ burst, perMs: count / MINUTE_MS })

/** Robots of DingTalk and WeCom take 20 in each minute, burst included, and lock out for ten minutes whoever sends more. */
const RATES: Record<ReceiverType, Rate> = {
  ...{ webhook: perSecond(20), alertmanager: perSecond(20), pagerduty: perSecond(10), email: perSecond(2, 10) },
  ...{ slack: perSecond(1, 3), teams: perSecond(2), feishu: perMinute(80, 3) },
  ...{ dingtalk: perMinute(14, 5), wecom: perMinute(14, 5) },
}

interface Bucket {
  tokens: number
  atMs: number
  /** The receiver asked to be left alone until then. */
  quietUntilMs: number
}

export class RateBuckets {
  readonly #buckets = new Map<string, Bucket>()

  /** @returns 0 when one may be sent now, which is counted then; otherwise how long to wait */
  take({ id, type }: { id: string; type: ReceiverType }, nowMs: number): number {
    const { burst, perMs } = RATES[type]
    const bucket = this.#buckets.get(id) ?? { tokens: burst, atMs: nowMs, quietUntilMs: -Infinity }
    this.#buckets.set(id, bucket)
    // A clock that was set back gives nothing and takes nothing.
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * perMs)
    bucket.atMs = nowMs
    if (bucket.quietUntilMs > nowMs) return bucket.quietUntilMs - nowMs
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs)
    bucket.tokens -= 1
    return 0
  }

  /** What it said holds for every message to it. */
  quiet(id: string, untilMs: number): void {
    const bucket = this.#buckets.get(id)
    if (bucket !== undefined) bucket.quietUntilMs = Math.max(bucket.quietUntilMs, untilMs)
  }
}
