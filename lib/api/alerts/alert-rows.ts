/** Alerts with what is so of them at this moment: what they show, what hides them, why nobody is told. */
import type { StoredAlert } from '../../alerting/alert-store.ts'
import type { Silence } from '../../alerting/silences.ts'
import { hasFired, type ShownState, shownState } from '../../alerts/alert.ts'
import { BLIND_RULE } from '../../alerts/alert-rule.ts'
import { alertMuteFinder, silenceFinder } from '../../alerts/hidden.ts'
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import type { Mute } from '../../registry/mutes.ts'
import { DAY_MS, HOUR_MS } from '../../units.ts'
import type { ApiServices } from '../services.ts'

/** An alert with the cluster that it is of. */
export interface PlacedAlert {
  cluster: ClusterConfig
  alert: StoredAlert
  state: ShownState
  /** All that hold; the one that lasts longest first. */
  mutes: readonly Mute[]
  silences: readonly Silence[]
}

/** So long one that has ended is listed. */
const LISTED_MS = 30 * DAY_MS

/** Those of clusters that are watched, open or ended lately. */
export async function readAlerts(services: ApiServices): Promise<PlacedAlert[]> {
  const { alerts, now } = services
  // Since a full hour: the list is the same for as long as nothing of it changed.
  const listed = await alerts.list(Math.floor((now() - LISTED_MS) / HOUR_MS) * HOUR_MS)
  return (await placer(services, listed))(listed)
}

/** As `readAlerts`, without those that have ended. */
export async function readOpenAlerts(services: ApiServices): Promise<PlacedAlert[]> {
  const open = await services.alerts.listOpen()
  return (await placer(services, open))(open)
}

/** @returns null when it is not there, or of a cluster that is not watched */
export async function readAlert(services: ApiServices, id: string): Promise<PlacedAlert | null> {
  const alert = await services.alerts.get(id)
  if (alert === null) return null
  const [placed] = (await placer(services, await services.alerts.listOpen()))([alert])
  return placed ?? null
}

/** @param open among which are all that are open */
async function placer(
  { mutes, registry, silences, now }: ApiServices,
  open: readonly StoredAlert[],
): Promise<(alerts: readonly StoredAlert[]) => PlacedAlert[]> {
  const [muted, silenced, registered] = await Promise.all([mutes.list(), silences.list(), registry.list()])
  const nowMs = now()
  const isBlind = new Set(
    open.flatMap((alert) => (alert.ruleCode === BLIND_RULE && hasFired(alert) ? [alert.clusterId] : [])),
  )
  const silencesOf = silenceFinder(silenced, nowMs)
  const clusters = new Map(
    registered.map(({ config }) => [config.id, { config, mutesOf: alertMuteFinder(muted, config.id, nowMs) }]),
  )
  return (alerts) =>
    alerts.flatMap((alert): PlacedAlert[] => {
      const cluster = clusters.get(alert.clusterId)
      if (cluster === undefined) return []
      const state = shownState(alert, isBlind.has(alert.clusterId))
      return [{ cluster: cluster.config, alert, state, mutes: cluster.mutesOf(alert), silences: silencesOf(alert) }]
    })
}

/** Also while its cluster cannot be polled: it fired, and nobody saw it end. */
export function isFiring({ alert, mutes }: PlacedAlert): boolean {
  return alert.state === 'firing' && mutes.length === 0
}
