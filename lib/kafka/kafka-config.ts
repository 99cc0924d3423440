/** From a cluster's configuration to what the client library wants. */
import type { ConnectionOptions } from '@platformatic/kafka'
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import type { HostPort } from '../cluster/host-port.ts'
import { tlsOptions } from '../cluster/tls-options.ts'
import { oauthTokenSource } from './oauth-token.ts'

export type ConnectionSettings = (advertised: HostPort, dialled: HostPort) => ConnectionOptions

export interface Deadlines {
  connectMs: number
  requestMs: number
}

/** What every connection of this cluster shares; TLS names differ by broker. */
export function connectionSettings(config: KafkaClusterConfig, deadlines: Deadlines): ConnectionSettings {
  const sasl = saslOptions(config)
  return (advertised, dialled) => ({
    connectTimeout: deadlines.connectMs,
    requestTimeout: deadlines.requestMs,
    // Requests to one broker are answered in order; the limit only bounds what waits there.
    maxInflights: 64,
    tls: config.tls.enabled ? tlsOptions(config.tls, advertised, dialled) : undefined,
    sasl,
  })
}

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
  oauthbearer: 'OAUTHBEARER',
} as const

export function mechanismName(config: KafkaClusterConfig): string | null {
  return config.sasl ? MECHANISMS[config.sasl.mechanism] : null
}

function saslOptions({ sasl }: KafkaClusterConfig): ConnectionOptions['sasl'] {
  if (sasl === null) return undefined
  const mechanism = MECHANISMS[sasl.mechanism]
  if ('password' in sasl) return { mechanism, username: sasl.username, password: sasl.password }
  return { mechanism, token: 'token' in sasl ? sasl.token : oauthTokenSource(sasl) }
}
