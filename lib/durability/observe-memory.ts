import type { TopicState } from '../cluster/snapshot.ts'
import { ArrivalMeter } from './arrival-meter.ts'
import { UnreadTrails } from './forecasts/unread-trails.ts'
import { Judge, type SeverityAt } from './judge.ts'
import { LagTrails } from './lag-trails.ts'
import type { ObservedTopic } from './observation.ts'
import { OffsetClock } from './offset-clock.ts'

/** What conclusions need of the past beyond the observation before. One per cluster; `observe` adds to it. */
export class ObserveMemory {
  readonly clock = new OffsetClock()
  readonly trails = new LagTrails()
  readonly unreadTrails = new UnreadTrails()
  readonly arrivals = new ArrivalMeter()
  readonly judge: Judge
  /** What was concluded of a topic twice over: a driver that hands out the very same object again gets it a third time. */
  readonly settled = new WeakMap<TopicState, ObservedTopic>()

  constructor(severityAt?: SeverityAt) {
    this.judge = new Judge(severityAt)
  }
}
