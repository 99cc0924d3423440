import { z } from 'zod'
import { HoldfastError } from '../../errors.ts'
import { ALL_ROUTES } from '../all-routes.ts'
import { defineRoute, METHODS } from '../route-declaration.ts'
import { createOpenApiDocument } from './openapi-document.ts'

let document: ReturnType<typeof createOpenApiDocument> | null = null

export const openApiRoute = defineRoute({
  method: 'GET',
  path: '/api/openapi.json',
  summary: 'This document',
  permission: 'public',
  answer: z.record(z.string(), z.unknown()),
  handler: () => {
    document ??= createOpenApiDocument([openApiRoute, ...ALL_ROUTES])
    return document as unknown as Record<string, unknown>
  },
})

/** Every address under `/api` that no file answers. */
export const unknownPathRoutes = METHODS.map((method) =>
  defineRoute({
    method,
    path: '/api',
    summary: 'Nothing is here',
    permission: 'api:read',
    answer: null,
    handler: () => {
      throw new HoldfastError('not_found')
    },
  }),
)
