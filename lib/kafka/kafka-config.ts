/** From a cluster's configuration to what the client library wants. */
import { isIP } from 'node:net'
import { checkServerIdentity, type ConnectionOptions as TlsOptions } from 'node:tls'
import type { ConnectionOptions } from '@platformatic/kafka'
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import { oauthTokenSource } from './oauth-token.ts'

export interface HostPort {
  host: string
  port: number
}

const HIGHEST_PORT = 65_535

/** `host:port`, also `[::1]:9092`; null when it is neither. */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host && port > 0 && port <= HIGHEST_PORT ? { host, port } : null
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Where to dial for an address that the cluster advertises. */
export function dialAddress(advertised: HostPort, addressMap: KafkaClusterConfig['addressMap']): HostPort {
  const mapped = addressMap[formatHostPort(advertised)]
  return (mapped === undefined ? null : parseHostPort(mapped)) ?? advertised
}

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
    tls: config.tls.enabled ? tlsOptions(config, advertised, dialled) : undefined,
    sasl,
  })
}

function tlsOptions(config: KafkaClusterConfig, advertised: HostPort, dialled: HostPort): TlsOptions {
  const { ca, cert, key, rejectUnauthorized } = config.tls
  return {
    ca: ca ?? undefined,
    cert: cert ?? undefined,
    key: key ?? undefined,
    rejectUnauthorized,
    servername: isIP(advertised.host) ? undefined : advertised.host,
    // Behind a mapped address the certificate may carry either name: both come from the configuration.
    checkServerIdentity: (_host, certificate) => {
      const refused = checkServerIdentity(advertised.host, certificate)
      return refused && dialled.host !== advertised.host ? checkServerIdentity(dialled.host, certificate) : refused
    },
  }
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
