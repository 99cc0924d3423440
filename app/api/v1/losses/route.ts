import { listLossesRoute } from '../../../../lib/api/losses/loss-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listLossesRoute)
