import { addMuteRoute, listMutesRoute } from '../../../../lib/api/mutes/mute-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listMutesRoute, addMuteRoute)
