import {
  getClusterRoute,
  removeClusterRoute,
  testClusterRoute,
} from '../../../../../lib/api/clusters/cluster-routes.ts'
import { handle } from '../../../../../lib/api/route.ts'

export const dynamic = 'force-dynamic'

// A cluster may be named "test": what is asked of a cluster is answered here too.
export const { GET, POST, PUT, PATCH, DELETE } = handle(testClusterRoute, getClusterRoute, removeClusterRoute)
