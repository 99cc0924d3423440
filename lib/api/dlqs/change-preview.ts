/** What one change for all records would make of some of them, before a replay is planned. */
import type { StoredMessage } from '../../cluster/messages.ts'
import { originTopicsOf } from '../../inbox/decode-message.ts'
import type { PlaceRuns } from '../../inbox/queues.ts'
import { editKey } from '../../replay/edits.ts'
import { applyTransform, prepareTransform, type Transform, type TransformStep } from '../../replay/transform.ts'
import { type MessageAnswerOptions, SHOWN_BYTES, toMessageAnswer } from '../messages/message-serializers.ts'
import { refuseUnusable } from '../replays/transform-input.ts'
import type { Audience } from '../route-declaration.ts'
import type { ChangePreviewAnswer, SelectionInput } from '../schemas/dead-letters.ts'
import { toNumber } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { INTERACTIVE_LIMITS, type QueuePlace, REQUEST_DEADLINE_MS, withQueue } from './queue-access.ts'
import { readOne } from './read-one.ts'

const SAMPLES = 5

/** @throws HoldfastError `cluster_not_found`, `topic_not_found`, `bad_request`, `selection_too_large`, `cluster_fault` */
export async function previewChange(
  services: ApiServices,
  place: QueuePlace,
  { selection, transform: steps }: { selection: SelectionInput; transform: readonly TransformStep[] },
  { locale, seesPayloads }: Audience,
): Promise<ChangePreviewAnswer> {
  refuseUnusable(steps)
  // Null is the answer to no steps, and the schema asks for one at least.
  const transform = prepareTransform(steps) as Transform
  return withQueue(services, place, async (access, config) => {
    const signal = AbortSignal.timeout(REQUEST_DEADLINE_MS)
    const { records, places } = await services.inbox.resolve(access, selection, INTERACTIVE_LIMITS, signal)
    const words = { locale, system: config.kind }
    const samples: ChangePreviewAnswer['samples'] = []
    for (const wanted of samplePlaces(places)) {
      const message = await readOne(access, access.topic, wanted, signal)
      if (message === null) continue
      const originTopic = originTopicsOf(services.inbox.decode(access, message))
      const { topic, decoder } = access
      const shown = { topic, decoder, originTopic, words, maxBytes: SHOWN_BYTES, seesPayloads }
      samples.push(await toSample(message, transform, shown))
    }
    return { records: toNumber(records), samples }
  })
}

async function toSample(message: StoredMessage, transform: Transform, options: MessageAnswerOptions) {
  const changed = applyTransform(transform, message)
  const { partition, broker, offset, ...before } = await toMessageAnswer(message, options)
  const after = changed === null ? null : await toMessageAnswer({ ...message, ...changed }, options)
  return {
    ...{ partition, broker, offset },
    before: { value: before.value, headers: before.headers },
    after: after && { value: after.value, headers: after.headers },
  }
}

/** The oldest of each partition first, then the newest: what differs between them differs most likely here. */
function samplePlaces(places: readonly PlaceRuns[]) {
  const ends = [
    ...places.map(({ partition, broker, runs }) => ({ partition, broker, offset: runs.first })),
    ...places.map(({ partition, broker, runs }) => ({ partition, broker, offset: (runs.end ?? 0n) - 1n })),
  ]
  const seen = new Set<string>()
  return ends
    .flatMap(({ offset, ...place }) => (offset === null ? [] : [{ ...place, offset }]))
    .filter((place) => {
      const key = editKey(place, place.offset)
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, SAMPLES)
}
