/** The configuration file and the environment, read once and checked whole. The only place that reads `process.env`. */
import { ConfigError, type ConfigFault } from './config/config-fault.ts'
import { type FileConfig, findConfigFile, readConfigFile } from './config/config-file.ts'
import { databaseUrlOf, type EnvironmentConfig, readEnvironment } from './config/environment.ts'
import type { Environment } from './config/yaml-file.ts'

export interface Config extends EnvironmentConfig, FileConfig {
  /** The file it was read from; null when there is none. */
  configFile: string | null
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

/** Of the configuration only where the database is. @throws ConfigError */
export function loadDatabaseUrl(env: Environment = process.env, cwd: string = process.cwd()): string {
  const faults: ConfigFault[] = []
  const databaseUrl = databaseUrlOf(env, cwd, faults)
  if (faults.length > 0) throw new ConfigError(faults)
  return databaseUrl
}
