/** The changes that a replay was asked for, as its plan meets the records: what may not be changed refuses the plan. */
import type { StoredMessage } from '../cluster/messages.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import { contentDigest } from './content-digest.ts'
import type { DecideContext, Sendable } from './decide.ts'
import { editKey, editOf, isEditableText, type PreparedEdit } from './edits.ts'
import { type PlannerOptions, PlanRefused } from './planner-options.ts'
import type { EditDigest, ReplayRequest } from './replay-types.ts'

/** As many as can be edited by hand: every look at the plan reads them. */
const MOST_CHANGES_TOLD = 1_000

export class PlannedEdits {
  readonly #context: Pick<DecideContext, 'edits' | 'transform'>
  readonly #hides: PlannerOptions['hidesEdited']
  readonly #left: Set<string>
  readonly digests: EditDigest[] = []
  #changesTold = 0

  constructor(
    { edits }: Pick<ReplayRequest, 'edits'>,
    context: Pick<DecideContext, 'edits' | 'transform'>,
    hides: PlannerOptions['hidesEdited'],
  ) {
    this.#context = context
    this.#hides = hides
    this.#left = new Set(edits.map((edit) => editKey(edit, edit.offset)))
  }

  /** @throws PlanRefused when one is about a record that is not selected */
  refuseLost(): void {
    const [lost] = this.#left
    if (lost !== undefined) throw new PlanRefused('editNotSelected', { record: lost })
  }

  /** Undefined: it has none. */
  take(record: StoredMessage): PreparedEdit | undefined {
    if (this.#left.size === 0 || !this.#left.delete(editKey(record, record.offset))) return undefined
    return editOf(this.#context.edits, record, record.offset)
  }

  /** Edits are typed as text: what was shown as text must be all there is, wherever it lies. */
  async check(
    { partition, offset }: StoredMessage,
    content: StoredMessage,
    decoded: DecodedDeadLetter,
    edit: PreparedEdit,
  ): Promise<void> {
    const facts = { partition, offset: String(offset) }
    if (await this.#hides(content, decoded, edit)) throw new PlanRefused('editHidden', facts)
    if (edit.value == null || isEditableText(content.value)) return
    throw new PlanRefused('editNotText', facts)
  }

  /** @returns whether it goes otherwise than it lay */
  note(record: StoredMessage, { value, headers }: StoredMessage, { message }: Sendable): boolean {
    const { partition, broker, offset } = record
    const isEdited = editOf(this.#context.edits, record, offset) !== undefined
    if (!isEdited && this.#context.transform === null) return false
    if (!isEdited && ++this.#changesTold > MOST_CHANGES_TOLD) return true
    const before = contentDigest(value, headers)
    this.digests.push({ partition, broker, offset, before, after: contentDigest(message.value, message.headers) })
    return true
  }
}
