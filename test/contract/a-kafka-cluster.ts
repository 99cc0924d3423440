import type { KafkaClusterConfig } from '../../lib/cluster/cluster-config.ts'
import { NO_TLS } from '../builders/no-tls.ts'

export function aKafkaCluster(id: string, over: Partial<KafkaClusterConfig> = {}): KafkaClusterConfig {
  return {
    ...{ id, name: `Cluster ${id}`, kind: 'kafka', readOnly: true, bootstrapServers: ['localhost:9092'] },
    tls: NO_TLS,
    ...{ addressMap: {}, sasl: null, schemaRegistry: null },
    ...over,
  }
}
