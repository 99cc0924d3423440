/** From a cluster's TLS settings to what Node's TLS wants for one connection. */
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import type { TlsConfig } from './cluster-config.ts'
import type { HostPort } from './host-port.ts'

export function tlsOptions(tls: TlsConfig, advertised: HostPort, dialled: HostPort): ConnectionOptions {
  const { ca, cert, key, rejectUnauthorized } = tls
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
