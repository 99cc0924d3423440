/** The configuration file and the environment, read once and checked whole. The only place that reads `process.env`. */
import type { ClusterConfig } from './cluster/cluster-config.ts'

export type Role = 'all' | 'web' | 'collector'

export interface Config {
  /** `file:…` or `postgresql://…` */
  databaseUrl: string
  host: string
  port: number
  role: Role
  auth: 'on' | 'off'
  adminToken: string | null
  approverToken: string | null
  /** Null: created beside the database (SQLite only). */
  secret: string | null
  publicUrl: string | null
  logLevel: string
  clusters: ClusterConfig[]
  poll: { intervalSeconds: number }
  history: { rawHours: number; fiveMinuteDays: number; hourlyDays: number }
  dlq: { include: string[]; exclude: string[] }
  metrics: { public: boolean }
}
