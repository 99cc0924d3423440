/** Structured logs on standard output. Secrets are cut out by field name and, wherever they stand, by value. */
import pino, { type DestinationStream, type Logger } from 'pino'
import type { ClusterConfig } from './cluster/cluster-config.ts'
import { secretsOfReceiver } from './config/receivers.ts'
import type { Config } from './config.ts'
import { isHoldfastError } from './errors.ts'

export type { Logger }

const REDACTED = '[redacted]'

const SECRET_FIELDS = [
  'password',
  'secret',
  'secretKey',
  'accessKey',
  'clientSecret',
  'token',
  'adminToken',
  'approverToken',
  'key',
  'authorization',
  'cookie',
]

/** Shorter values would blank out ordinary words. */
const MIN_VALUE_CHARS = 6
/** Of what was tried through the API and forgotten; the oldest go first. */
const MOST_PASSING = 1_000

// On globalThis, since Next bundles a copy of this module beside the one that made the log.
const SLOT = Symbol.for('holdfast.hiddenInLogs')
const slot = globalThis as { [SLOT]?: Record<'forGood' | 'passing', Set<string>> }
slot[SLOT] ??= { forGood: new Set(), passing: new Set() }
/** As they stand inside JSON. One list for the process: a secret is one whichever part of it writes the line. */
const { forGood, passing } = slot[SLOT]

/** From now on no log line shows these values: `forGood` those that are configured or stored, `passing` as long as few others come. */
export function hideInLogs(values: Iterable<string | null>, howLong: 'forGood' | 'passing' = 'passing'): void {
  const hidden = howLong === 'forGood' ? forGood : passing
  for (const value of values) {
    if (value !== null && value.length >= MIN_VALUE_CHARS) hidden.add(JSON.stringify(value).slice(1, -1))
    if (passing.size > MOST_PASSING) passing.delete(passing.values().next().value ?? '')
  }
}

function withoutSecrets(line: string): string {
  let text = line
  for (const values of [forGood, passing]) {
    for (const value of values) text = text.replaceAll(value, REDACTED)
  }
  return text
}

/** Where an error of a known kind was thrown helps nobody who reads it; its code and facts do. */
function describeError(error: Error): unknown {
  if (!isHoldfastError(error) || error.code === 'internal') return pino.stdSerializers.err(error)
  return { code: error.code, facts: error.facts }
}

export function createLogger(
  config: Pick<Config, 'logLevel'>,
  secretValues: readonly string[] = [],
  destination?: DestinationStream,
): Logger {
  hideInLogs(secretValues, 'forGood')
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `*.*.*.${field}`])
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: { paths, censor: REDACTED },
      serializers: { err: describeError },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  )
}

/** Every secret the configuration holds, for the log to cut out. */
export function secretsOf(config: Config): string[] {
  const password = URL.parse(config.databaseUrl)?.password
  const secrets = [
    config.adminToken,
    config.approverToken,
    config.secret,
    password ? decodeURIComponent(password) : null,
    config.alerts.heartbeat?.url ?? null,
  ]
  return [
    ...secrets,
    ...config.tokens.map(({ token }) => token),
    ...config.clusters.flatMap(secretsOfCluster),
    ...config.receivers.flatMap(secretsOfReceiver),
  ].filter((value) => value !== null && value !== '') as string[]
}

export function secretsOfCluster(cluster: ClusterConfig): (string | null)[] {
  if (cluster.kind === 'rocketmq') return [cluster.acl?.secretKey ?? null, cluster.tls.key]
  const { sasl } = cluster
  const signIn =
    sasl === null ? null : 'password' in sasl ? sasl.password : 'token' in sasl ? sasl.token : sasl.clientSecret
  const connect = cluster.connect?.map(({ password }) => password) ?? []
  return [signIn, cluster.tls.key, cluster.schemaRegistry?.password ?? null, ...connect]
}
