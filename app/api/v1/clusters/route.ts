import { addClusterRoute, listClustersRoute } from '../../../../lib/api/clusters/cluster-routes.ts'
import { handle } from '../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

export const { GET, POST, PUT, PATCH, DELETE } = handle(listClustersRoute, addClusterRoute)
