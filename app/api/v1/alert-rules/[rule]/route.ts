import { removeAlertRuleRoute, replaceAlertRuleRoute } from '../../../../../lib/api/alerts/rule-routes.ts'
import { handle } from '../../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(replaceAlertRuleRoute, removeAlertRuleRoute)
