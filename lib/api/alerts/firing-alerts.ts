/** How many alerts of each cluster fire now, without what is muted; one without any is not among them. */
import type { ApiServices } from '../services.ts'
import { isFiring, readOpenAlerts } from './alert-rows.ts'

export async function firingAlerts(services: ApiServices): Promise<Map<string, number>> {
  const firing = Map.groupBy((await readOpenAlerts(services)).filter(isFiring), ({ cluster }) => cluster.id)
  return new Map([...firing].map(([clusterId, alerts]) => [clusterId, alerts.length]))
}
