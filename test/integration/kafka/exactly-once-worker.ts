/** A replay's worker cut down to its transactions: whoever runs it kills it in the middle of one. */
import type { OutgoingMessage } from '../../../lib/cluster/messages.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { SECOND_MS } from '../../../lib/units.ts'
import { clusterConfig } from '../../servers/kafka-clients.ts'

const [servers = '', jobId = '', target = '', last = ''] = process.argv.slice(2)
const PARTITIONS = 3
const PER_TRANSACTION = 600

const access = new KafkaMessages(clusterConfig(servers.split(',')))
const channel = access.exactlyOnce({ jobId, sourceTopic: 'source' })
const signal = () => AbortSignal.timeout(60 * SECOND_MS)
let next = Number((await channel.open(signal()))[0]?.nextOffset ?? 0n)
while (next < Number(last)) {
  const end = Math.min(Number(last), next + PER_TRANSACTION)
  const messages = Array.from({ length: end - next }, (_, index) => numbered(next + index))
  await channel.commit(
    messages,
    (sent) => {
      // Written, and not committed yet: the moment to be killed at.
      process.stdout.write(`written ${end}\n`)
      return [{ partition: 0, broker: null, nextOffset: BigInt(end), note: `at ${sent[0]?.offset}` }]
    },
    signal(),
  )
  process.stdout.write(`committed ${end}\n`)
  next = end
}
await access.close()

function numbered(number: number): OutgoingMessage {
  const value = Buffer.from(String(number).padEnd(1_000, '.'))
  const place = { topic: target, partition: number % PARTITIONS, broker: null }
  return { ...place, key: null, value, headers: [], timestampMs: null }
}
