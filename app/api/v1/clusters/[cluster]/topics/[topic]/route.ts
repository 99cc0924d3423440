import { handle } from '../../../../../../../lib/api/route.ts'
import { getTopicRoute } from '../../../../../../../lib/api/topics/topic-routes.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(getTopicRoute)
