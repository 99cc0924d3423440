import { listFindingsRoute } from '../../../../lib/api/findings/finding-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listFindingsRoute)
