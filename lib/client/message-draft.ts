/** A test message that a person types, and the body of the request made from it. Pure. */
import { placeOfText, type QueuePlace } from './message-browse.ts'

export interface MessageDraft {
  /** Empty: chosen by the key, or by the client. */
  partition: string
  key: string
  hasKey: boolean
  value: string
  isTombstone: boolean
  headers: { key: string; value: string }[]
}

export const EMPTY_DRAFT: MessageDraft = {
  partition: '',
  key: '',
  hasKey: false,
  value: '',
  isTombstone: false,
  headers: [],
}

export interface ProduceBody extends Partial<QueuePlace> {
  key: string | null
  value: string | null
  headers: { key: string; value: string }[]
}

export function produceBody(draft: MessageDraft): ProduceBody {
  const place = placeOfText(draft.partition)
  return {
    ...(place === null ? {} : { partition: place.partition }),
    ...(place === null || place.broker === null ? {} : { broker: place.broker }),
    key: draft.hasKey ? draft.key : null,
    value: draft.isTombstone ? null : draft.value,
    headers: draft.headers.map((header) => ({ ...header })),
  }
}

/** Of key, value and headers as UTF-8. */
export function draftBytes(draft: MessageDraft): number {
  const { key, value, headers } = produceBody(draft)
  const texts = [key ?? '', value ?? '', ...headers.flatMap((header) => [header.key, header.value])]
  return texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0)
}
