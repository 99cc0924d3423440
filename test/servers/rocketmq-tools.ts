/** What RocketMQ's own `mqadmin` prints, as data. Dates are in local time, without a zone. */

export interface ListedBroker {
  cluster: string
  broker: string
  id: number
  address: string
  version: string
}

/** `clusterList` */
export function clusterMembers(text: string): ListedBroker[] {
  return rows(text, /^(\S+)\s+(\S+)\s+(\d+)\s+(\S+:\d+)\s+(\S+)/).map(
    ([cluster = '', broker = '', id, address = '', version = '']) => ({
      cluster,
      broker,
      id: Number(id),
      address,
      version,
    }),
  )
}

/** `topicStatus`: `broker/queue` to its offsets. */
export function queueOffsets(text: string): Record<string, { min: bigint; max: bigint }> {
  const found = rows(text, /^(\S+)\s+(\d+)\s+(-?\d+)\s+(-?\d+)(?:\s|$)/)
  return Object.fromEntries(
    found.map(([broker, queue, min = '', max = '']) => [`${broker}/${queue}`, { min: BigInt(min), max: BigInt(max) }]),
  )
}

export interface ListedProgress {
  topic: string
  broker: string
  queue: number
  brokerOffset: bigint
  consumerOffset: bigint
  diff: bigint
}

/** `consumerProgress -g` */
export function groupProgress(text: string): ListedProgress[] {
  const found = rows(text, /^(\S+)\s+(\S+)\s+(\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)(?:\s|$)/)
  return found.map(([topic = '', broker = '', queue, brokerOffset = '', consumerOffset = '', diff = '']) => ({
    topic,
    broker,
    queue: Number(queue),
    brokerOffset: BigInt(brokerOffset),
    consumerOffset: BigInt(consumerOffset),
    diff: BigInt(diff),
  }))
}

/** `consumerProgress` without a group: each group's members and lag. */
export function groupTotals(text: string): Record<string, { members: number; diff: bigint }> {
  const found = rows(text, /^(\S+)\s+(\d+)\s.*\s(-?\d+)\s*$/)
  return Object.fromEntries(
    found.map(([group = '', members, diff = '']) => [group, { members: Number(members), diff: BigInt(diff) }]),
  )
}

/** `brokerStatus`: `key : value` lines. A key may hold a path. */
export function runtimeTable(text: string): Record<string, string> {
  return pairs(text, /^(\S+?)\s*: (.*)$/)
}

/** `getBrokerConfig`, `getConsumerConfig`: `key = value` lines. */
export function configTable(text: string): Record<string, string> {
  return pairs(text, /^(\S+)\s+=\s{2}(.*)$/)
}

export interface ListedReplication {
  masterMaxOffset: bigint
  slaves: number
  inSyncSlaves: number
  connections: { ackOffset: bigint; diff: bigint; status: string }[]
}

/** `haStatus` of a master; 5.x only. */
export function masterReplication(text: string): ListedReplication {
  const facts = pairs(text, /^#(\w+)\t(.*)$/)
  const connections = rows(text, /^\S+:\d+\s+(\d+)\s+(-?\d+)\s+\S+\s+(\S+)\s+\d+\s*$/)
  return {
    masterMaxOffset: BigInt(facts.MasterCommitLogMaxOffset ?? ''),
    slaves: Number(facts.SlaveNum),
    inSyncSlaves: Number(facts.InSyncSlaveNum),
    connections: connections.map(([ackOffset = '', diff = '', status = '']) => ({
      ackOffset: BigInt(ackOffset),
      diff: BigInt(diff),
      status,
    })),
  }
}

/** `queryMsgByOffset`: when the broker stored the message. */
export function storedAtMs(text: string): number {
  const [day = '', time = ''] = /^Store Timestamp:\s+(\S+) (\S+)$/m.exec(text)?.slice(1) ?? []
  return new Date(`${day}T${time.replace(',', '.')}`).getTime()
}

/** `queryMsgByOffset`: the file outside of any folder of ours that it leaves the body in. */
export function bodyFile(text: string): string | null {
  return /^Message Body Path:\s+(\S+)$/m.exec(text)?.[1] ?? null
}

/** `topicList` */
export function topicNames(text: string): string[] {
  return rows(text, /^(\S+)\s*$/).map(([name = '']) => name)
}

function rows(text: string, pattern: RegExp): string[][] {
  return text.split('\n').flatMap((line) => {
    const match = line.startsWith('#') ? null : pattern.exec(line)
    return match ? [match.slice(1)] : []
  })
}

function pairs(text: string, pattern: RegExp): Record<string, string> {
  const matches = text.split('\n').map((line) => pattern.exec(line))
  return Object.fromEntries(matches.flatMap((match) => (match ? [[match[1] ?? '', (match[2] ?? '').trim()]] : [])))
}
