/** The pages of the rail, in its order. Only what exists stands here: a rail has no dead links. */
export const PLACES = [
  ...(['overview', 'risk', 'losses', 'alerts', 'reports', 'deadLetters', 'replays'] as const),
  ...(['clusters', 'explore', 'lint', 'audit'] as const),
] as const
export type Place = (typeof PLACES)[number]

/** Pages that stand under one of these, and are found by name all the same. */
export const RISK_PLACES = ['checks', 'mutes', 'holds'] as const
export const ALERT_PLACES = ['alertRules', 'routes', 'silences', 'receivers', 'deliveries'] as const
export const SIDE_PLACES = [...RISK_PLACES, ...ALERT_PLACES] as const
type SidePlace = (typeof SIDE_PLACES)[number]

export const PLACE_HREF: Record<Place | SidePlace, string> = {
  overview: '/',
  risk: '/risk',
  losses: '/losses',
  alerts: '/alerts',
  reports: '/reports',
  deadLetters: '/dead-letters',
  replays: '/replays',
  explore: '/explore',
  lint: '/lint',
  audit: '/audit',
  clusters: '/clusters',
  checks: '/risk/checks',
  mutes: '/risk/mutes',
  holds: '/risk/holds',
  alertRules: '/alerts/rules',
  routes: '/alerts/routes',
  silences: '/alerts/silences',
  receivers: '/alerts/receivers',
  deliveries: '/alerts/deliveries',
}

/** The place that an address belongs to. */
export function placeOf(pathname: string): Place | null {
  if (pathname === '/') return 'overview'
  return PLACES.find((place) => place !== 'overview' && pathname.startsWith(PLACE_HREF[place])) ?? null
}

/** The cluster that an address is about; null on pages about all of them. */
export function clusterOf(pathname: string): string | null {
  const match = /^\/(?:clusters|dead-letters)\/([^/]+)/.exec(pathname)
  if (match?.[1] === undefined) return null
  try {
    return decodeURIComponent(match[1])
  } catch {
    // A mistyped percent sign in the address: no cluster has that name.
    return null
  }
}

export function replayHref(id: string): string {
  return `/replays/${encodeURIComponent(id)}`
}

/** Where one that was written here is changed. */
export function ruleHref(code: string): string {
  return `${PLACE_HREF.alertRules}/change/${encodeURIComponent(code)}`
}

export function reportHref(id: string): string {
  return `/reports/${encodeURIComponent(id)}`
}

export function alertHref(alertId: string): string {
  return `${PLACE_HREF.alerts}?alert=${encodeURIComponent(alertId)}`
}

/** Where this alert goes. */
export function alertRoutesHref(alertId: string): string {
  return `${PLACE_HREF.routes}?alert=${encodeURIComponent(alertId)}`
}

export function clusterHref(clusterId: string, rest = ''): string {
  return `/clusters/${encodeURIComponent(clusterId)}${rest}`
}

export function findingsHref(clusterId: string, filter: string): string {
  const query = new URLSearchParams({ q: filter, info: 'true', muted: 'true' })
  return clusterHref(clusterId, `/findings?${query}`)
}

export function topicHref(clusterId: string, topic: string): string {
  return clusterHref(clusterId, `/topics/${encodeURIComponent(topic)}`)
}

export function groupHref(clusterId: string, group: string): string {
  return clusterHref(clusterId, `/groups/${encodeURIComponent(group)}`)
}

export function brokerHref(clusterId: string, broker: string): string {
  return clusterHref(clusterId, `/brokers/${encodeURIComponent(broker)}`)
}

export function deadLettersHref(clusterId: string, topic: string, rest = ''): string {
  return `/dead-letters/${encodeURIComponent(clusterId)}/${encodeURIComponent(topic)}${rest}`
}

export function causeHref(clusterId: string, topic: string, fingerprint: string): string {
  return deadLettersHref(clusterId, topic, `/causes/${encodeURIComponent(fingerprint)}`)
}

/** `broker` names the one that holds the queue on RocketMQ, and is null on Kafka. */
export function recordHref(
  clusterId: string,
  topic: string,
  place: { partition: number; broker: string | null; offset: number },
): string {
  const query = place.broker === null ? '' : `?broker=${encodeURIComponent(place.broker)}`
  return deadLettersHref(clusterId, topic, `/records/${place.partition}/${place.offset}${query}`)
}
