import { listAlertRoutesRoute } from '../../../../lib/api/alert-routes/route-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listAlertRoutesRoute)
