import { handle } from '../../../../../lib/api/route.ts'
import { listMetricsRoute } from '../../../../../lib/api/series/series-routes.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listMetricsRoute)
