/** The form for adding a cluster: what a person typed, and the body of the request made from it. Pure. */
export const SIGN_INS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const
export type SignIn = (typeof SIGN_INS)[number]

export interface ClusterForm {
  name: string
  /** Empty: made from the name. */
  id: string
  /** One address a line, or parted by commas. */
  servers: string
  tls: boolean
  /** PEM text; empty: the authorities this machine trusts. */
  ca: string
  signIn: SignIn
  username: string
  /** The password, or the token for oauthbearer. */
  secret: string
  readOnly: boolean
}

export const EMPTY_FORM: ClusterForm = {
  name: '',
  id: '',
  servers: '',
  tls: false,
  ca: '',
  signIn: 'none',
  username: '',
  secret: '',
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

export interface ClusterBody {
  id: string
  name: string
  kind: 'kafka'
  bootstrapServers: string[]
  tls: { enabled: boolean; ca: string | null }
  sasl: Record<string, string> | null
  readOnly: boolean
}

export function bodyOf(form: ClusterForm): ClusterBody {
  const id = form.id.trim() || idFromName(form.name)
  return {
    id,
    name: form.name.trim() || id,
    kind: 'kafka',
    bootstrapServers: serversOf(form.servers),
    tls: { enabled: form.tls, ca: form.tls && form.ca.trim() !== '' ? form.ca : null },
    sasl: saslOf(form),
    readOnly: form.readOnly,
  }
}

/** Enough to try: the server checks the rest and names each fault. */
export function isComplete(form: ClusterForm): boolean {
  const body = bodyOf(form)
  const hasSignIn =
    form.signIn === 'none' || (form.secret !== '' && (form.signIn === 'oauthbearer' || form.username !== ''))
  return body.id !== '' && body.bootstrapServers.length > 0 && hasSignIn
}
