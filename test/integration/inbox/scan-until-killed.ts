/** Scans a queue again and again: `node scan-until-killed.ts URL BOOTSTRAP TOPIC`. Says when each scan begins. */
import { openDatabase } from '../../../lib/db.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { createInbox } from '../../../lib/inbox/inbox.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { clusterConfig } from '../../servers/kafka-clients.ts'

const [url = '', bootstrap = '', topic = ''] = process.argv.slice(2)
const database = await openDatabase(url)
const inbox = createInbox({ database, profiles: BUILT_IN_PROFILES, knownTopics: () => ({}), now: Date.now })
const access = new KafkaMessages(clusterConfig([bootstrap]))
const reader = access.reader()
for (;;) {
  console.log('scanning')
  await inbox.scanner.scanOnce({ clusterId: 'test', topic, reader, decoder: null }, AbortSignal.timeout(60_000))
}
