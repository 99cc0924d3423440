/** The configuration file and the environment, read once and checked whole. The only place that reads `process.env`. */
import type { ClusterConfig } from './cluster/cluster-config.ts'
import { ConfigError, type ConfigFault } from './config/config-fault.ts'
import { findConfigFile, readConfigFile } from './config/config-file.ts'
import { type Role, readEnvironment } from './config/environment.ts'
import type { Environment } from './config/yaml-file.ts'

export interface Config {
  /** `file:…` with an absolute path, or `postgresql://…` */
  databaseUrl: string
  host: string
  port: number
  role: Role
  auth: 'on' | 'off'
  adminToken: string | null
  approverToken: string | null
  /** Null: created beside the database (SQLite only), see `auth/secret-key.ts`. */
  secret: string | null
  publicUrl: string | null
  logLevel: string
  /** The file it was read from; null when there is none. */
  configFile: string | null
  clusters: ClusterConfig[]
  poll: { intervalSeconds: number }
  history: { rawHours: number; fiveMinuteDays: number; hourlyDays: number }
  dlq: { include: string[]; exclude: string[] }
  metrics: { public: boolean }
  /** Accepted, but not read yet; as they stand in the file. */
  unread: {
    owners: unknown
    alerts: unknown
    security: unknown
    probes: unknown
  }
}

/**
 * Reads and checks everything before anything is started.
 *
 * @throws ConfigError with all faults at once; the caller prints them with `formatConfigFaults` and exits with 2.
 */
export function loadConfig(env: Environment = process.env, cwd: string = process.cwd()): Config {
  const faults: ConfigFault[] = []
  const configFile = findConfigFile(env, cwd)
  const environment = readEnvironment(env, cwd, faults)
  const file = readConfigFile(configFile, env, faults)
  if (file === null || faults.length > 0) throw new ConfigError(faults)
  return { ...environment, configFile, ...file }
}
