/** How to reach one cluster: the parsed, expanded form of an entry of `clusters` in the configuration. Holds secrets. */

export interface TlsConfig {
  enabled: boolean
  /** PEM text, already read from `caFile`, `certFile` and `keyFile`. */
  ca: string | null
  cert: string | null
  key: string | null
  rejectUnauthorized: boolean
}

export type SaslConfig =
  | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  | { mechanism: 'oauthbearer'; token: string }
  | {
      /** Client-credentials grant against an OAuth 2 token endpoint. */
      mechanism: 'oauthbearer'
      tokenEndpoint: string
      clientId: string
      clientSecret: string
      scope: string | null
    }

interface ClusterConfigBase {
  id: string
  name: string
  readOnly: boolean
}

/** The REST API of Kafka Connect workers that share their connectors. */
export interface ConnectConfig {
  url: string
  username: string | null
  password: string | null
}

export interface KafkaClusterConfig extends ClusterConfigBase {
  kind: 'kafka'
  /** `host:port` each. */
  bootstrapServers: string[]
  /** From an advertised `host:port` to the one to dial instead. */
  addressMap: Record<string, string>
  tls: TlsConfig
  sasl: SaslConfig | null
  schemaRegistry: { url: string; username: string | null; password: string | null } | null
  /** Left out by clusters that were stored before it was known. */
  connect?: ConnectConfig[]
}

export interface RocketmqClusterConfig extends ClusterConfigBase {
  kind: 'rocketmq'
  /** `host:port` each. */
  nameServers: string[]
  /** From an advertised `host:port` to the one to dial instead. */
  addressMap: Record<string, string>
  /** For brokers and NameServers alike. */
  tls: TlsConfig
  acl: { accessKey: string; secretKey: string } | null
}

export type ClusterConfig = KafkaClusterConfig | RocketmqClusterConfig
