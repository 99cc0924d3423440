/** What to do about a finding: steps with the exact commands of the system's own tools, for this cluster and subject. */
import type { FindingCode } from '../finding-codes.ts'
import type { Finding } from '../observation.ts'

export interface RunbookTarget {
  /** `host:port`, joined as the tools want them: bootstrap servers, or NameServers. */
  address: string
  finding: Pick<Finding, 'code' | 'subject' | 'facts'>
}

export interface RunbookStep {
  /** Its words stand in the message files under `findings.<code>.steps.<key>`. */
  key: string
  /** Null: something to do or decide that no command does. */
  command: string | null
}

export function step(key: string, command: string | null = null): RunbookStep {
  return { key, command }
}

export type Runbook = (target: RunbookTarget) => RunbookStep[]
/** A code without one has advice in words only. */
export type Runbooks = Partial<Record<FindingCode, Runbook>>

/** For a POSIX shell; names of topics and groups are hostile text. */
export function quoted(text: string): string {
  return /^[\w.,:/=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A name that begins like an option would be taken for one if it stood apart. */
export function option(name: string, value: string): string {
  return value.startsWith('-') ? `${name}=${quoted(value)}` : `${name} ${quoted(value)}`
}
