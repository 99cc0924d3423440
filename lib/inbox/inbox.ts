/** Puts the parts of the inbox together, for the web server and the worker alike. */
import type { StoredMessage } from '../cluster/messages.ts'
import type { Database } from '../db.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import type { KnownTopics } from '../dlq/decode.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import { BlockStore } from './block-store.ts'
import { decodeMessage, originTopicsOf, withoutHidden } from './decode-message.ts'
import { createHandledLedger, type HandledLedger } from './handled-ledger.ts'
import { InboxScanner } from './inbox-scanner.ts'
import { OpenCounter } from './open-counter.ts'
import type { QueueAccess } from './queues.ts'
import {
  type PinnedSelection,
  type ResolveOptions,
  resolveSelection,
  type Selection,
  type SelectionLimits,
} from './selection.ts'

export interface InboxOptions {
  database: Database
  /** The user's own and the built-in ones. */
  profiles: readonly DlqProfile[]
  /** Which of a cluster's topics are queues themselves, and what their headers may name. */
  knownTopics(clusterId: string): KnownTopics
  now(): number
}

/** One for each process: it keeps what it decoded. */
export interface Inbox {
  readonly database: Database
  readonly profiles: readonly DlqProfile[]
  readonly ledger: HandledLedger
  readonly scanner: InboxScanner
  readonly counter: OpenCounter
  readonly blocks: BlockStore
  now(): number
  /** See `resolveSelection`. */
  resolve(
    access: QueueAccess,
    selection: Selection,
    limits: SelectionLimits,
    signal: AbortSignal,
  ): Promise<PinnedSelection>
  /** What a message of a cluster's topic tells as a dead letter. */
  decode(queue: Pick<QueueAccess, 'clusterId' | 'topic' | 'guessed'>, message: StoredMessage): DecodedDeadLetter
  /** The same as it may be shown: without what masking rules hide. */
  decodeShown(access: QueueAccess, message: StoredMessage): DecodedDeadLetter
}

export function createInbox(options: InboxOptions): Inbox {
  const { database, profiles, knownTopics, now } = options
  const ledger = createHandledLedger(database)
  const blocks = new BlockStore(database)
  const counter = new OpenCounter(database, blocks, now)
  const scanner = new InboxScanner({ ...options, ledger, counter })
  const decode: Inbox['decode'] = ({ clusterId, topic, guessed }, message) =>
    decodeMessage(topic, message, profiles, { ...knownTopics(clusterId), guessed })
  const decodeShown: Inbox['decodeShown'] = (access, message) =>
    withoutHidden(access.topic, message, access.decoder, (one) => decode(access, one))
  const resolving: ResolveOptions = {
    ...{ database, blocks, scanner, now },
    originTopicsOf: (access, message) => originTopicsOf(decode(access, message)),
  }
  return {
    ...{ database, profiles, ledger, scanner, counter, blocks, decode, decodeShown, now },
    resolve: (access, selection, limits, signal) => resolveSelection(resolving, access, selection, limits, signal),
  }
}
