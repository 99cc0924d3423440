/** Certificates and sign-in for RocketMQ test clusters. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeCertificates } from './kafka-security.ts'
import type { RocketmqVersion } from './maven.ts'

const run = promisify(execFile)
const PRIVATE_KEY = fileURLToPath(new URL('./java/PrivateKey.java', import.meta.url))
const TOOL_DEADLINE_MS = 60_000

export interface RocketmqCredentials {
  accessKey: string
  secretKey: string
}

/** May do everything; brokers and tools use it, too. */
export const SUPER_USER: RocketmqCredentials = { accessKey: 'rocketmq', secretKey: 'test-only-super' }

/** May read what a console reads, and change nothing. */
export const READ_ONLY_USER: RocketmqCredentials = { accessKey: 'console', secretKey: 'test-only-console' }

/** What the read-only user needs of access control 2.0, as `mqadmin` takes it. */
export const READ_ONLY_RESOURCES = 'Cluster:*,Topic:*,Group:*'
export const READ_ONLY_ACTIONS = 'Get,List,Sub'

export type RocketmqTls = 'permissive' | 'enforcing'

export interface RocketmqTlsFiles {
  /** PEM of the authority (the certificate is self-signed, for `localhost` and 127.0.0.1). */
  ca: string
  /** System properties of the servers and of the tools. */
  jvm: string[]
}

/**
 * `enforcing` refuses plain connections, also between the servers; `permissive` takes both.
 * Replication between master and slave knows no TLS.
 */
export async function makeTlsFiles(folder: string, mode: RocketmqTls): Promise<RocketmqTlsFiles> {
  const { keystore, password, ca } = await makeCertificates(folder)
  const { stdout: key } = await run('java', [PRIVATE_KEY, keystore, 'broker', password], { timeout: TOOL_DEADLINE_MS })
  const keyFile = path.join(folder, 'key.pem')
  const caFile = path.join(folder, 'ca.pem')
  await writeFile(keyFile, key, { mode: 0o600 })
  const properties = {
    'tls.test.mode.enable': 'false',
    'tls.server.mode': mode,
    'tls.server.keyPath': keyFile,
    'tls.server.certPath': caFile,
    'tls.client.trustCertPath': caFile,
    'tls.client.authServer': 'true',
    'tls.enable': String(mode === 'enforcing'),
  }
  return { ca, jvm: Object.entries(properties).map(([name, value]) => `-D${name}=${value}`) }
}

/** Broker settings that demand credentials: access control 2.0 in 5.x, 1.0 in 4.x. */
export function aclConfig(version: RocketmqVersion): Record<string, string> {
  if (version.startsWith('4.')) return { aclEnable: 'true' }
  const { accessKey, secretKey } = SUPER_USER
  const provider = 'org.apache.rocketmq.auth'
  return {
    authenticationEnabled: 'true',
    authenticationProvider: `${provider}.authentication.provider.DefaultAuthenticationProvider`,
    authenticationMetadataProvider: `${provider}.authentication.provider.LocalAuthenticationMetadataProvider`,
    initAuthenticationUser: JSON.stringify({ username: accessKey, password: secretKey }),
    innerClientAuthenticationCredentials: JSON.stringify({ accessKey, secretKey }),
    authorizationEnabled: 'true',
    authorizationProvider: `${provider}.authorization.provider.DefaultAuthorizationProvider`,
    authorizationMetadataProvider: `${provider}.authorization.provider.LocalAuthorizationMetadataProvider`,
  }
}

/** What the folder `conf` of RocketMQ's home holds: the accounts of access control 1.0, and the tools' credentials. */
export async function writeAclFiles(conf: string): Promise<void> {
  const accounts = plainAccount(SUPER_USER, true) + plainAccount(READ_ONLY_USER, false)
  await writeFile(path.join(conf, 'plain_acl.yml'), `accounts:${accounts}\n`, { mode: 0o600 })
  const { accessKey, secretKey } = SUPER_USER
  await writeFile(path.join(conf, 'tools.yml'), `accessKey: ${accessKey}\nsecretKey: ${secretKey}\n`, { mode: 0o600 })
}

function plainAccount({ accessKey, secretKey }: RocketmqCredentials, admin: boolean): string {
  return `
- accessKey: ${accessKey}
  secretKey: ${secretKey}
  whiteRemoteAddress:
  admin: ${admin}
  defaultTopicPerm: ${admin ? 'PUB|SUB' : 'SUB'}
  defaultGroupPerm: SUB`
}
