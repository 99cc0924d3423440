/** Alerts and what receivers know of them, for tests of who is told what. */
import type { StoredAlert } from '../../lib/alerting/alert-store.ts'
import type { Member, TellableAlert } from '../../lib/telling/flush-group.ts'
import type { TellGroup, Telling, TellPolicy } from '../../lib/telling/telling.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { anAlert } from './alerts.ts'
import { NOW_MS } from './snapshots.ts'

export const POLICY: TellPolicy = {
  ...{ waitMs: 10 * SECOND_MS, intervalMs: MINUTE_MS, repeatMs: 4 * HOUR_MS },
  ...{ failover: null, failoverAfterMs: 5 * MINUTE_MS, muteTimes: [] },
}

export function aGroup(over: Partial<TellGroup> = {}): TellGroup {
  return {
    ...{ id: 'g-1', receiverId: 'chat', key: 'k', mode: 'together', policy: POLICY },
    ...{ dueAtMs: NOW_MS, toldAtMs: null, sequence: 0 },
    ...over,
  }
}

function aTelling(over: Partial<Telling> = {}): Telling {
  return {
    ...{ alertId: 'alert-1', receiverId: 'chat', groupId: 'g-1', cause: 'route', fromAtMs: NOW_MS, toldAtMs: null },
    ...{ toldSeverity: null, toldFlapping: false, endToldAtMs: null },
    ...over,
  }
}

/** It was told what the alert still is. */
export const TOLD = { toldAtMs: NOW_MS - HOUR_MS, toldSeverity: 'high' } as const
export const ENDED = { state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' } as const

export function aTellable(over: Partial<StoredAlert> = {}, isHidden = false): TellableAlert {
  const person = { acknowledgedAtMs: null, acknowledgedBy: null, note: null }
  const alert = { ...anAlert(), clusterId: 'c', ...person, ...over }
  return { alert, system: 'kafka', labels: alert.labels, isHidden }
}

export function aMember(alert: Partial<StoredAlert> = {}, telling: Partial<Telling> = {}, isHidden = false): Member {
  const tellable = aTellable(alert, isHidden)
  return { ...tellable, telling: aTelling({ alertId: tellable.alert.id, ...telling }) }
}
