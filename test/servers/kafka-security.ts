/** Certificates and sign-in for test clusters: the clients' listener is secured, the inner one stays plain. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PASSWORD = 'test-only'

export type KafkaTestMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER'

export interface KafkaTestSecurity {
  /** TLS on the clients' listener, with a certificate for `localhost` and 127.0.0.1 made for this run. */
  tls?: boolean
  /** Ask clients for a certificate that the cluster's own authority signed. */
  clientCertificates?: boolean
  /** SASL on the clients' listener. OAUTHBEARER takes unsigned tokens. */
  mechanisms?: KafkaTestMechanism[]
  /** Name to password, for PLAIN and SCRAM. */
  users?: Record<string, string>
  /** Turn the authorizer on. The plain inner listener (`internalServers`, `cli`) may do everything. */
  authorize?: boolean
}

export interface KafkaTestCertificates {
  keystore: string
  password: string
  /** PEM of the authority (the certificate is self-signed). */
  ca: string
}

export async function makeCertificates(folder: string): Promise<KafkaTestCertificates> {
  const keystore = path.join(folder, 'broker.p12')
  await keytool(
    ...['-genkeypair', '-keystore', keystore, '-alias', 'broker', '-keyalg', 'EC', '-groupname', 'secp256r1'],
    ...['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1', '-ext', 'bc:c', '-validity', '2'],
  )
  const file = path.join(folder, 'ca.pem')
  await keytool('-exportcert', '-rfc', '-keystore', keystore, '-alias', 'broker', '-file', file)
  return { keystore, password: PASSWORD, ca: await readFile(file, 'utf8') }
}

async function keytool(...args: string[]): Promise<void> {
  await run('keytool', [...args, '-storetype', 'PKCS12', '-storepass', PASSWORD, '-keypass', PASSWORD], {
    timeout: 30_000,
  })
}

export function clientProtocol(security: KafkaTestSecurity): string {
  const signIn = (security.mechanisms ?? []).length > 0
  if (signIn) return security.tls ? 'SASL_SSL' : 'SASL_PLAINTEXT'
  return security.tls ? 'SSL' : 'PLAINTEXT'
}

export function brokerSecurity(
  security: KafkaTestSecurity,
  certificates: KafkaTestCertificates | null,
): Record<string, string> {
  const mechanisms = security.mechanisms ?? []
  const config: Record<string, string> = {}
  if (mechanisms.length > 0) config['listener.name.client.sasl.enabled.mechanisms'] = mechanisms.join(',')
  for (const mechanism of mechanisms) {
    config[`listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config`] = loginModule(mechanism, security)
  }
  if (certificates) {
    const store = { type: 'PKCS12', location: certificates.keystore, password: certificates.password }
    for (const [name, value] of Object.entries(store)) config[`listener.name.client.ssl.keystore.${name}`] = value
    if (security.clientCertificates) {
      for (const [name, value] of Object.entries(store)) config[`listener.name.client.ssl.truststore.${name}`] = value
      config['listener.name.client.ssl.client.auth'] = 'required'
    }
  }
  return config
}

/** The authorizer must stand on the controller too: it stores the rules. */
export function authorizerConfig(security: KafkaTestSecurity): Record<string, string> {
  if (!security.authorize) return {}
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  }
}

function loginModule(mechanism: KafkaTestMechanism, security: KafkaTestSecurity): string {
  const common = 'org.apache.kafka.common.security'
  if (mechanism === 'OAUTHBEARER') {
    return `${common}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
  }
  if (mechanism !== 'PLAIN') return `${common}.scram.ScramLoginModule required;`
  const users = Object.entries(security.users ?? {}).map(([name, password]) => ` user_${name}="${password}"`)
  return `${common}.plain.PlainLoginModule required${users.join('')};`
}

/** Arguments of the format tool that store SCRAM credentials in the first metadata record (Kafka 3.5 and newer). */
export function scramArguments(security: KafkaTestSecurity): string[] {
  return (security.mechanisms ?? [])
    .filter((mechanism) => mechanism.startsWith('SCRAM'))
    .flatMap((mechanism) =>
      Object.entries(security.users ?? {}).flatMap(([name, password]) => [
        '--add-scram',
        `${mechanism}=[name=${name},password=${password}]`,
      ]),
    )
}

export async function writeProperties(file: string, config: Record<string, string>): Promise<void> {
  const lines = Object.entries(config).map(([name, value]) => `${name}=${value}`)
  await writeFile(file, `${lines.join('\n')}\n`)
}
