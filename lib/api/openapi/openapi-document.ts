/** The OpenAPI document, made from the declarations that the wrapper enforces. */
import type { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import type { ErrorCode } from '../../errors.ts'
import { STATUS_OF } from '../problem.ts'
import type { Route } from '../route-declaration.ts'
import { problem } from '../schemas/common.ts'

type Responses = ZodOpenApiOperationObject['responses']

export function createOpenApiDocument(routes: readonly Route[]): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(route) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description: 'Whether messages on Apache Kafka and Apache RocketMQ are being lost, could be, and how soon.',
    },
    paths: paths as ZodOpenApiPathsObject,
    components: {
      schemas: { Problem: problem },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'holdfast_session',
          description: 'Changes also need the header x-csrf-token with the value of the cookie holdfast_csrf.',
        },
      },
    },
    security: [{ bearer: [] }, { session: [] }],
  })
}

function toOperation(route: Route): ZodOpenApiOperationObject {
  const { params, query, body } = route
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    'x-permission': route.permission,
    ...(route.permission === 'public' ? { security: [] } : {}),
    requestParams: {
      ...(params === undefined ? {} : { path: params as z.ZodObject }),
      ...(query === undefined ? {} : { query: query as z.ZodObject }),
    },
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...successOf(route), ...failuresOf(route) } as Responses,
  } as ZodOpenApiOperationObject
}

/** `get /api/v1/clusters/{cluster}/topics` becomes `getClustersClusterTopics`. */
function operationIdOf(route: Route): string {
  const words = route.path.replace(/^\/api(\/v1)?/, '').match(/[A-Za-z]+/g) ?? []
  return route.method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
}

function successOf(route: Route): Record<string, unknown> {
  const status = String(route.status ?? 200)
  if (route.answer === null) return { [status]: { description: 'Done' } }
  const types = [route.contentType ?? 'application/json', ...(route.otherContentTypes ?? [])]
  const content = Object.fromEntries(types.map((type) => [type, { schema: route.answer }]))
  const later = route.otherStatus === undefined ? {} : { [route.otherStatus]: { description: 'Under way', content } }
  return { [status]: { description: 'OK', content }, ...later }
}

function failuresOf(route: Route): Record<string, unknown> {
  const codes: ErrorCode[] = ['host_refused', 'origin_refused', 'internal', ...(route.errors ?? [])]
  if (route.permission !== 'public') codes.push('unauthenticated', 'forbidden', 'too_many_attempts')
  if (route.method !== 'GET') codes.push('csrf_failed')
  if (route.params || route.query || route.body) codes.push('bad_request')
  if (route.body) codes.push('payload_too_large')
  const byStatus = Map.groupBy(new Set(codes), (code) => String(STATUS_OF[code]))
  const content = { 'application/problem+json': { schema: problem } }
  return Object.fromEntries([...byStatus].map(([status, list]) => [status, { description: list.join(', '), content }]))
}
