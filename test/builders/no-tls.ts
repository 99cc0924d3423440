import type { TlsConfig } from '../../lib/cluster/cluster-config.ts'

/** A plain connection, as most test servers take it. */
export const NO_TLS: TlsConfig = { enabled: false, ca: null, cert: null, key: null, rejectUnauthorized: true }
