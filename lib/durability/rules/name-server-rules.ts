/** NameServers do not talk to each other: each may list something else, and clients ask whichever they like. */
import { hit, MISS, type NameServerRule } from './rule.ts'

export const NAME_SERVER_RULES: readonly NameServerRule[] = [
  {
    ...{ code: 'nameServer.unreachable', system: 'rocketmq', severity: 'warning', scope: 'nameServer' },
    judge: ({ address, fault }) => (fault === null ? MISS : hit('warning', { address, reason: fault.code })),
  },
  {
    ...{ code: 'nameServer.differs', system: 'rocketmq', severity: 'warning', scope: 'nameServer' },
    judge({ address, fault, missingBrokers, missingTopicCount }) {
      if (fault !== null) return 'unknown'
      const brokers = missingBrokers?.length ?? 0
      const topics = missingTopicCount ?? 0
      if (brokers + topics > 0) return hit('warning', { address, brokers, topics })
      return missingBrokers === null || missingTopicCount === null ? 'unknown' : MISS
    },
  },
]
