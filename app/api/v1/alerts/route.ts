import { listAlertsRoute } from '../../../../lib/api/alerts/alert-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listAlertsRoute)
