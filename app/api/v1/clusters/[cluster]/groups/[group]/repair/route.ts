import {
  previewGroupRepairRoute,
  startGroupRepairRoute,
} from '../../../../../../../../lib/api/repairs/repair-routes.ts'
import { handle } from '../../../../../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(previewGroupRepairRoute, startGroupRepairRoute)
