import { ArrivalMeter } from './arrival-meter.ts'
import { LagTrails } from './lag-trails.ts'
import { OffsetClock } from './offset-clock.ts'

/** What conclusions need of the past beyond the observation before. One per cluster; `observe` adds to it. */
export class ObserveMemory {
  readonly clock = new OffsetClock()
  readonly trails = new LagTrails()
  readonly arrivals = new ArrivalMeter()
}
