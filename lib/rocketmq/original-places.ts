/** In which queue a retried message lay at first: no copy tells, but each names the original by its offset id. */
import { formatHostPort } from '../cluster/host-port.ts'
import type { PartitionPlace, StoredMessage } from '../cluster/messages.ts'
import { parseMessageId } from './message-id.ts'
import { VIEW_MESSAGE } from './message-requests.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { decodeMessages, listProperties } from './stored-message.ts'
import { askPlace, type TopicPlace } from './topic-places.ts'

const ORIGIN_ID = 'ORIGIN_MESSAGE_ID'
const UNIQUE_ID = 'UNIQ_KEY'
const AT_ONCE = 64

export async function originalPlaces(
  caller: RocketmqCaller,
  topic: string,
  places: readonly TopicPlace[],
  letters: readonly StoredMessage[],
): Promise<(PartitionPlace | null)[]> {
  const found: (PartitionPlace | null)[] = []
  for (let at = 0; at < letters.length; at += AT_ONCE) {
    const some = letters.slice(at, at + AT_ONCE)
    found.push(...(await Promise.all(some.map((letter) => originalPlace(caller, topic, places, letter)))))
  }
  return found
}

async function originalPlace(
  caller: RocketmqCaller,
  topic: string,
  places: readonly TopicPlace[],
  { headers }: StoredMessage,
): Promise<PartitionPlace | null> {
  const textOf = (name: string): string | null => {
    const value = headers.find(({ key }) => key === name)?.value
    return value == null ? null : Buffer.from(value).toString()
  }
  const id = parseMessageId(textOf(ORIGIN_ID) ?? '')
  const uniqueId = textOf(UNIQUE_ID)
  if (id?.kind !== 'offset' || uniqueId === null) return null
  const address = formatHostPort(id.storeHost)
  // Whoever wrote the message could name any address.
  const place = places.find(({ master, slaves }) => master === address || slaves.includes(address))
  if (place === undefined) return null
  const { value } = await askPlace(caller, place, VIEW_MESSAGE, topic, id.physicalOffset)
  const original = value === null ? undefined : decodeMessages(value).messages[0]
  if (original?.topic !== topic) return null
  // At its place in the log another message may lie, or one that a hostile id points to.
  if (new Map(listProperties(original.propertyBytes)).get(UNIQUE_ID) !== uniqueId) return null
  return { partition: original.queueId, broker: place.brokerName }
}
