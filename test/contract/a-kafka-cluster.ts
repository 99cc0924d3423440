import type { KafkaClusterConfig } from '../../lib/cluster/cluster-config.ts'

export function aKafkaCluster(id: string, over: Partial<KafkaClusterConfig> = {}): KafkaClusterConfig {
  return {
    ...{ id, name: `Cluster ${id}`, kind: 'kafka', readOnly: true, bootstrapServers: ['localhost:9092'] },
    tls: { enabled: false, ca: null, cert: null, key: null, rejectUnauthorized: true },
    ...{ addressMap: {}, sasl: null, schemaRegistry: null },
    ...over,
  }
}
