import { type QueryClient, queryOptions, type UseQueryOptions } from '@tanstack/react-query'
import type { AlertRouteListAnswer, RouteExplanationAnswer } from '../../api/schemas/alert-routes.ts'
import type {
  AlertAnswer,
  AlertDetailAnswer,
  AlertPreviewAnswer,
  AlertRuleAnswer,
  AlertRuleListAnswer,
  SilenceAnswer,
  SilenceListAnswer,
} from '../../api/schemas/alerts.ts'
import { MINUTE_MS } from '../../units.ts'
import type { AlertFilter, RouteExample, SilenceBody } from '../alert-views.ts'
import { apiPath, apiSend } from '../api.ts'
import type { RuleBody } from '../rule-form.ts'
import { CLUSTERS_KEY } from './clusters.ts'
import {
  keepOfSameSubject,
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceKey,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

const ALERTS_KEY = ['alerts'] as const

const OPEN: Record<AlertFilter, boolean | undefined> = { open: true, ended: false, all: undefined }

export interface AlertView extends ListView {
  filter: AlertFilter
  withMuted: boolean
}

export function alertsQuery({ filter, withMuted, ...view }: AlertView): ListInfiniteQuery<AlertAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  return listQuery<AlertAnswer>([...ALERTS_KEY, 'list', { q, sort, limit, filter, withMuted }], (cursor) =>
    apiPath('/api/v1/alerts', {
      ...{ open: OPEN[filter], muted: withMuted || undefined },
      ...{ q, sort, limit: pageRows(limit, cursor), cursor },
    }),
  )
}

/** One with all that became of it. */
export function alertQuery(id: string): ResourceQuery<AlertDetailAnswer> {
  return resourceQuery<AlertDetailAnswer>([...ALERTS_KEY, 'one', id], () => `/api/v1/alerts/${encodeURIComponent(id)}`)
}

export function alertRulesQuery(): ResourceQuery<AlertRuleListAnswer> {
  return resourceQuery<AlertRuleListAnswer>([...ALERTS_KEY, 'rules'], () => '/api/v1/alert-rules')
}

/** How often a rule would have fired in the last week. Asked by a body, but nothing is changed by it. */
export function rulePreviewQuery(
  clusterId: string,
  rule: RuleBody | null,
): UseQueryOptions<AlertPreviewAnswer, Error, AlertPreviewAnswer, ResourceKey> {
  const queryKey: ResourceKey = [...ALERTS_KEY, 'preview', clusterId, rule]
  return queryOptions({
    queryKey,
    queryFn: () => apiSend<AlertPreviewAnswer>('POST', '/api/v1/alert-rules/preview', { clusterId, rule }),
    placeholderData: keepOfSameSubject(queryKey, 3),
    enabled: rule !== null && clusterId !== '',
    // A week of numbers is read anew only for another rule.
    refetchInterval: false,
    staleTime: MINUTE_MS,
  })
}

export function addRule(rule: RuleBody): Promise<AlertRuleAnswer> {
  return apiSend<AlertRuleAnswer>('POST', '/api/v1/alert-rules', rule)
}

/** @param writtenAt when what was changed had been written last */
export function replaceRule(rule: RuleBody, writtenAt: string): Promise<AlertRuleAnswer> {
  const path = `/api/v1/alert-rules/${encodeURIComponent(rule.id)}?writtenAt=${encodeURIComponent(writtenAt)}`
  return apiSend<AlertRuleAnswer>('PUT', path, rule)
}

export function removeRule(code: string): Promise<undefined> {
  return apiSend<undefined>('DELETE', `/api/v1/alert-rules/${encodeURIComponent(code)}`)
}

export function alertRoutesQuery(): ResourceQuery<AlertRouteListAnswer> {
  return resourceQuery<AlertRouteListAnswer>([...ALERTS_KEY, 'routes'], () => '/api/v1/routes')
}

/** Where an alert goes. Asked by a body, but nothing is changed by it. */
export function explainRoutesQuery(
  example: RouteExample,
): UseQueryOptions<RouteExplanationAnswer, Error, RouteExplanationAnswer, ResourceKey> {
  return queryOptions({
    queryKey: [...ALERTS_KEY, 'explain', example] as ResourceKey,
    queryFn: () => apiSend<RouteExplanationAnswer>('POST', '/api/v1/routes/explain', example),
  })
}

/** All there are: no more than a page of the API holds. */
export function silencesQuery(): ResourceQuery<SilenceListAnswer> {
  return resourceQuery<SilenceListAnswer>([...ALERTS_KEY, 'silences'], () =>
    apiPath('/api/v1/silences', { limit: 1000 }),
  )
}

export function acknowledgeAlert(id: string, note: string): Promise<AlertAnswer> {
  return apiSend<AlertAnswer>('POST', `/api/v1/alerts/${encodeURIComponent(id)}/acknowledge`, { note })
}

export function addSilence(body: SilenceBody): Promise<SilenceAnswer> {
  return apiSend<SilenceAnswer>('POST', '/api/v1/silences', body)
}

export function removeSilence(id: string): Promise<undefined> {
  return apiSend<undefined>('DELETE', `/api/v1/silences/${encodeURIComponent(id)}`)
}

/** Whatever lists or counts alerts is not as it was. */
export async function forgetAlerts(client: QueryClient): Promise<void> {
  await Promise.all([ALERTS_KEY, CLUSTERS_KEY].map((queryKey) => client.invalidateQueries({ queryKey })))
}
