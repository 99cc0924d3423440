import { handle } from '../../../../lib/api/route.ts'
import { readSeriesRoute } from '../../../../lib/api/series/series-routes.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(readSeriesRoute)
