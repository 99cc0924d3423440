import { handle } from '../../../../lib/api/route.ts'
import { signInRoute, signOutRoute, whoRoute } from '../../../../lib/api/session/session-routes.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(whoRoute, signInRoute, signOutRoute)
