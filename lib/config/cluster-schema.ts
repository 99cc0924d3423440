/** An entry of `clusters`, in the file and in the body of `POST /api/v1/clusters`. */
import { z } from 'zod'
import type { ClusterConfig, SaslConfig, TlsConfig } from '../cluster/cluster-config.ts'

const HOST_PORT = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]@]+):(\d{1,5})$/

const hostPort = z.string().refine(
  (text) => {
    const port = Number(HOST_PORT.exec(text)?.[2])
    return port >= 1 && port <= 65_535
  },
  { error: 'issue:hostPort' },
)

const clusterId = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9-]*$/, {
    error: 'issue:clusterId',
  })

const text = z.string().nullish()
const name = z.string().min(1).max(120)

const httpUrl = z.string().refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), {
  error: 'issue:httpUrl',
})

const tls = z.strictObject({
  enabled: z.boolean().default(false),
  /** PEM text, or the path of a file that holds it. */
  ca: text,
  cert: text,
  key: text,
  caFile: text,
  certFile: text,
  keyFile: text,
  rejectUnauthorized: z.boolean().default(true),
})
type TlsInput = z.infer<typeof tls>

const sasl = z.discriminatedUnion('mechanism', [
  z.strictObject({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
    username: z.string().min(1),
    password: z.string(),
  }),
  z
    .strictObject({
      mechanism: z.literal('oauthbearer'),
      token: text,
      tokenEndpoint: httpUrl.nullish(),
      clientId: text,
      clientSecret: text,
      scope: text,
    })
    .refine((value) => Boolean(value.token) !== Boolean(value.tokenEndpoint && value.clientId && value.clientSecret), {
      error: 'issue:oauth',
    }),
])

const schemaRegistry = z
  .strictObject({ url: httpUrl.nullish(), username: text, password: text })
  .refine((value) => value.url || !(value.username || value.password), {
    error: 'issue:needsUrl',
    path: ['url'],
  })

/** `fetch` takes no address with a sign-in, and would name it in its error. */
const plainUrl = httpUrl.refine((value) => !(URL.parse(value)?.username || URL.parse(value)?.password), {
  error: 'issue:urlWithSignIn',
})

const connect = z.strictObject({ url: plainUrl, username: text, password: text })
const MAX_CONNECT_CLUSTERS = 20

const addressMap = z.record(hostPort, hostPort)

const kafka = z.strictObject({
  id: clusterId,
  name: name.nullish(),
  kind: z.literal('kafka'),
  bootstrapServers: z.array(hostPort).min(1),
  addressMap: addressMap.nullish(),
  tls: tls.nullish(),
  sasl: sasl.nullish(),
  schemaRegistry: schemaRegistry.nullish(),
  connect: z.array(connect).max(MAX_CONNECT_CLUSTERS).nullish(),
  readOnly: z.boolean().default(true),
})

const rocketmq = z.strictObject({
  id: clusterId,
  name: name.nullish(),
  kind: z.literal('rocketmq'),
  nameServers: z.array(hostPort).min(1),
  addressMap: addressMap.nullish(),
  tls: tls.nullish(),
  acl: z
    .strictObject({
      accessKey: z.string().min(1),
      secretKey: z.string().min(1),
    })
    .nullish(),
  readOnly: z.boolean().default(true),
})

export const clusterInput = z.discriminatedUnion('kind', [kafka, rocketmq])
export type ClusterInput = z.infer<typeof clusterInput>

export const TLS_FILE_KEYS = ['caFile', 'certFile', 'keyFile'] as const
export type TlsFileKey = (typeof TLS_FILE_KEYS)[number]

/** Reads a PEM file that the configuration names; reports its own faults. */
export type ReadPem = (key: TlsFileKey, path: string) => string

export function toClusterConfig(input: ClusterInput, readPem: ReadPem): ClusterConfig {
  const base = {
    id: input.id,
    name: input.name ?? input.id,
    readOnly: input.readOnly,
    addressMap: input.addressMap ?? {},
    tls: toTls(input.tls ?? null, readPem),
  }
  if (input.kind === 'rocketmq') {
    return {
      ...base,
      kind: 'rocketmq',
      nameServers: input.nameServers,
      acl: input.acl ?? null,
    }
  }
  const registry = input.schemaRegistry
  return {
    ...base,
    kind: 'kafka',
    bootstrapServers: input.bootstrapServers,
    sasl: toSasl(input.sasl ?? null),
    schemaRegistry: registry?.url
      ? {
          url: registry.url,
          username: registry.username ?? null,
          password: registry.password ?? null,
        }
      : null,
    connect: (input.connect ?? []).map(({ url, username, password }) => ({
      url,
      username: username ?? null,
      password: password ?? null,
    })),
  }
}

function toTls(input: TlsInput | null, readPem: ReadPem): TlsConfig {
  const pem = (inline: string | null | undefined, key: TlsFileKey): string | null => {
    const path = input?.[key]
    return inline || (path ? readPem(key, path) : null)
  }
  return {
    enabled: input?.enabled ?? false,
    ca: pem(input?.ca, 'caFile'),
    cert: pem(input?.cert, 'certFile'),
    key: pem(input?.key, 'keyFile'),
    rejectUnauthorized: input?.rejectUnauthorized ?? true,
  }
}

function toSasl(input: z.infer<typeof sasl> | null): SaslConfig | null {
  if (input === null) return null
  if (input.mechanism !== 'oauthbearer') {
    return {
      mechanism: input.mechanism,
      username: input.username,
      password: input.password,
    }
  }
  if (input.token) return { mechanism: 'oauthbearer', token: input.token }
  return {
    mechanism: 'oauthbearer',
    tokenEndpoint: input.tokenEndpoint ?? '',
    clientId: input.clientId ?? '',
    clientSecret: input.clientSecret ?? '',
    scope: input.scope ?? null,
  }
}
