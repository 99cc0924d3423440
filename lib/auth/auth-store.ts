/** Sessions and generated tokens in the database; only digests are kept, never what a person holds. */
import type { Database } from '../db.ts'
import { isRole, type Role } from './permissions.ts'

export interface StoredToken {
  tokenHash: string
  name: string
  role: Role
}

export interface StoredSession {
  idHash: string
  actor: string
  role: Role
  expiresAtMs: number
}

export interface AuthStore {
  tokens(): Promise<StoredToken[]>
  addToken(token: StoredToken, nowMs: number): Promise<void>
  /** Of these sessions the one that is neither expired nor revoked. */
  findSession(idHashes: readonly string[], nowMs: number): Promise<string | null>
  addSession(session: StoredSession, nowMs: number): Promise<void>
  revokeSession(idHash: string, nowMs: number): Promise<void>
}

export function createAuthStore(database: Database): AuthStore {
  const { client } = database
  return {
    async tokens() {
      const rows = await client.apiToken.findMany({ where: { revokedAtMs: null }, take: 100 })
      return rows.flatMap(({ tokenHash, name, role }) => (isRole(role) ? [{ tokenHash, name, role }] : []))
    },
    async addToken(token, nowMs) {
      await client.apiToken.create({ data: { ...token, createdAtMs: BigInt(nowMs) } })
    },
    async findSession(idHashes, nowMs) {
      const where = { idHash: { in: [...idHashes] }, revokedAtMs: null, expiresAtMs: { gt: BigInt(nowMs) } }
      return (await client.session.findFirst({ where, select: { idHash: true } }))?.idHash ?? null
    },
    async addSession(session, nowMs) {
      // Sessions that have ended say nothing that the audit log does not say: keep the table small.
      await client.session.deleteMany({ where: { expiresAtMs: { lte: BigInt(nowMs) } } })
      const { idHash, actor, role, expiresAtMs } = session
      await client.session.create({
        data: { idHash, actor, role, createdAtMs: BigInt(nowMs), expiresAtMs: BigInt(expiresAtMs) },
      })
    },
    async revokeSession(idHash, nowMs) {
      await client.session.updateMany({ where: { idHash, revokedAtMs: null }, data: { revokedAtMs: BigInt(nowMs) } })
    },
  }
}
