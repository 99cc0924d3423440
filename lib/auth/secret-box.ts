/** Encrypts what is stored but must be readable again, such as the credentials of clusters. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { HoldfastError } from '../errors.ts'

export interface SecretBox {
  seal(plainText: string): string
  /** @throws HoldfastError `internal` when the text was sealed with another secret or was changed. */
  open(sealed: string): string
}

const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** Sealed text is `v1.` and base64url of nonce, tag and cipher text; the version is authenticated too. */
export function createSecretBox(secret: string): SecretBox {
  const key = deriveKey(secret, 'holdfast stored credentials')
  return {
    seal(plainText) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(VERSION))
      const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()])
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`
    },
    open(sealed) {
      const [version, body] = sealed.split('.')
      if (version !== VERSION || body === undefined) throw new HoldfastError('internal', { part: 'secretBoxVersion' })
      return decrypt(Buffer.from(body, 'base64url'), key)
    },
  }
}

function decrypt(bytes: Buffer, key: Buffer): string {
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES)
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(VERSION)).setAuthTag(tag)
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new HoldfastError('internal', { part: 'secretBoxKey' }, { cause })
  }
}

/** One secret serves several purposes; each gets a key of its own. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES))
}
