import { handle } from '../../../../lib/api/route.ts'
import { readStatusRoute } from '../../../../lib/api/status/status-routes.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(readStatusRoute)
