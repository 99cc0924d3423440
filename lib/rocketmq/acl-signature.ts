/** The signature that ACL 1.0 and 2.0 share: HMAC-SHA1 over all field values, in the order of their names, and the body. */
import { createHmac } from 'node:crypto'

export interface AclCredentials {
  accessKey: string
  secretKey: string
}

/** The fields with `AccessKey` and `Signature`. Sign last: every field counts. */
export function signedFields(
  fields: Readonly<Record<string, string>>,
  body: Uint8Array,
  { accessKey, secretKey }: AclCredentials,
): Record<string, string> {
  const named: Record<string, string> = { ...fields, AccessKey: accessKey }
  // Sorted by UTF-16 code units, as Java does: upper case comes first.
  const values = Object.keys(named)
    .sort()
    .map((name) => named[name])
  const Signature = createHmac('sha1', secretKey).update(values.join('')).update(body).digest('base64')
  return { ...named, Signature }
}
