import { approveReplayRoute } from '../../../../../../lib/api/replays/replay-routes.ts'
import { handle } from '../../../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(approveReplayRoute)
