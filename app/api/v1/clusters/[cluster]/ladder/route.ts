import { handle } from '../../../../../../lib/api/route.ts'
import { readLadderRoute } from '../../../../../../lib/api/topics/ladder-routes.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(readLadderRoute)
