/** The form for adding a cluster: what a person typed, and the body of the request made from it. Pure. */
import type { ClusterKind } from '../cluster/snapshot.ts'

export const SIGN_INS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const
export type SignIn = (typeof SIGN_INS)[number]

export interface ClusterForm {
  kind: ClusterKind
  name: string
  /** Empty: made from the name. */
  id: string
  /** Bootstrap servers or NameServers: one address a line, or parted by commas. */
  servers: string
  /** Advertised and reachable address, one pair a line: `10.0.0.5:9092 = localhost:19092`. */
  addressMap: string
  tls: boolean
  /** PEM text; empty: the authorities this machine trusts. */
  ca: string
  signIn: SignIn
  username: string
  /** The password, or the token for oauthbearer. */
  secret: string
  /** RocketMQ's; empty: none. */
  accessKey: string
  secretKey: string
  readOnly: boolean
}

export const EMPTY_FORM: ClusterForm = {
  kind: 'kafka',
  name: '',
  id: '',
  servers: '',
  addressMap: '',
  tls: false,
  ca: '',
  signIn: 'none',
  username: '',
  secret: '',
  accessKey: '',
  secretKey: '',
  readOnly: true,
}

const ID_LENGTH_MAX = 60

/** "Orders EU" becomes "orders-eu": ids stand in addresses and never change. */
export function idFromName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, ID_LENGTH_MAX)
}

function serversOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((server) => server !== '')
}

function saslOf(form: ClusterForm): Record<string, string> | null {
  if (form.signIn === 'none') return null
  if (form.signIn === 'oauthbearer') return { mechanism: form.signIn, token: form.secret }
  return { mechanism: form.signIn, username: form.username, password: form.secret }
}

/** A line that is no pair goes to the server as it stands, which names its fault. */
function addressMapOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const [advertised = '', reachable = ''] = line.split('=')
      return [advertised.trim(), reachable.trim()]
    }),
  )
}

function aclOf({ accessKey, secretKey }: ClusterForm): RocketmqBody['acl'] {
  return accessKey === '' && secretKey === '' ? null : { accessKey, secretKey }
}

interface CommonBody {
  id: string
  name: string
  addressMap: Record<string, string>
  tls: { enabled: boolean; ca: string | null }
  readOnly: boolean
}

interface KafkaBody extends CommonBody {
  kind: 'kafka'
  bootstrapServers: string[]
  sasl: Record<string, string> | null
}

interface RocketmqBody extends CommonBody {
  kind: 'rocketmq'
  nameServers: string[]
  acl: { accessKey: string; secretKey: string } | null
}

export type ClusterBody = KafkaBody | RocketmqBody

export function bodyOf(form: ClusterForm): ClusterBody {
  const id = form.id.trim() || idFromName(form.name)
  const common: CommonBody = {
    id,
    name: form.name.trim() || id,
    addressMap: addressMapOf(form.addressMap),
    tls: { enabled: form.tls, ca: form.tls && form.ca.trim() !== '' ? form.ca : null },
    readOnly: form.readOnly,
  }
  const servers = serversOf(form.servers)
  return form.kind === 'kafka'
    ? { ...common, kind: 'kafka', bootstrapServers: servers, sasl: saslOf(form) }
    : { ...common, kind: 'rocketmq', nameServers: servers, acl: aclOf(form) }
}

/** Enough to try: the server checks the rest and names each fault. */
export function isComplete(form: ClusterForm): boolean {
  const hasServers = serversOf(form.servers).length > 0
  return bodyOf(form).id !== '' && hasServers && (form.kind === 'kafka' ? hasSasl(form) : hasAcl(form))
}

function hasSasl({ signIn, username, secret }: ClusterForm): boolean {
  return signIn === 'none' || (secret !== '' && (signIn === 'oauthbearer' || username !== ''))
}

/** Both keys or none. */
function hasAcl({ accessKey, secretKey }: ClusterForm): boolean {
  return (accessKey === '') === (secretKey === '')
}
