import { previewPurgeRoute, purgeLettersRoute } from '../../../../../../../lib/api/dlqs/dlq-routes.ts'
import { handle } from '../../../../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(previewPurgeRoute, purgeLettersRoute)
