import { addSilenceRoute, listSilencesRoute } from '../../../../lib/api/alerts/silence-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(addSilenceRoute, listSilencesRoute)
