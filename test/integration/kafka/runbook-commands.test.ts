/** Every command that the console writes down for Kafka, run as it stands by Kafka's own tools. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import { LOSS_KINDS } from '../../../lib/durability/losses/loss.ts'
import { recoveryOf } from '../../../lib/durability/losses/recovery.ts'
import { KAFKA_RUNBOOKS } from '../../../lib/durability/runbooks/kafka-runbooks.ts'
import type { RunbookStep } from '../../../lib/durability/runbooks/runbook.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { openKafkaShell, type ShellOutcome } from '../../servers/kafka-shell.ts'
import { hitsOf } from '../../unit/durability/rules/all-cases.ts'

const ALL_COMMANDS_MS = 20 * MINUTE_MS

let cluster: KafkaTestCluster
let clients: TestClients
let folder: string
let shell: (line: string) => Promise<ShellOutcome>

beforeAll(async () => {
  cluster = await startKafkaCluster()
  clients = await connectClients(cluster.bootstrapServers)
  for (const name of ['orders', 'refunds', 'orders-dlt', 'app-store-changelog', 'dlq.shared']) {
    await clients.createTopic(name, [[1, 2, 3]], { 'flush.messages': '1', 'flush.ms': '1000' })
  }
  await clients.produce('orders', [{ value: 'one' }, { value: 'two' }])
  await clients.admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions: [{ partition: 0, offset: '1' }] })
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-runbooks-'))
  // What a controller that is to join would have.
  await writeFile(path.join(folder, 'controller.properties'), 'process.roles=controller\n')
  shell = await openKafkaShell(folder)
})

afterAll(async () => {
  await clients?.close()
  await cluster?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** What the words in capitals stand for here. */
function filledIn(command: string): string {
  return command
    .replace('--bootstrap-controller CONTROLLER', `--bootstrap-controller localhost:${cluster.controller.port}`)
    .replace('START_OFFSET', '0')
    .replace('--to-datetime TIME', '--to-datetime 2026-01-31T12:00:00.000')
    .replace('--entity-name TOPIC', '--entity-name orders')
    .replace('MILLISECONDS', '3600000')
}

/** What this cluster has no occasion for, with what the tool says then: it has understood the command. */
const NO_OCCASION: readonly RegExp[] = [
  /Could not find any open transactions starting at offset 0/,
  /controller.properties|node\.id/,
  /(Group|group|GroupId) .*(not exist|not found|is not)/,
  /Share group .* (is|has)|not a share group|shared/,
  /Unknown (topic )?config.*errors\.deadletterqueue/,
  /No (such file|segment)|does not exist/,
]
/** How the tools say that they do not understand. */
const NOT_UNDERSTOOD =
  /not a recognized option|unrecognized arguments|Missing required|required argument|is not valid|can ?not be used|Exactly one|invalid choice|No action|Command must|Usage|usage:/

/** By command, where it stands. */
function commandsOfRunbooks(): Map<string, string> {
  const address = cluster.bootstrapServers.join(',')
  const codes = Object.keys(KAFKA_RUNBOOKS) as FindingCode[]
  const ofFindings = codes.flatMap((code) =>
    hitsOf(code).flatMap(({ subject, facts }) => {
      const steps = KAFKA_RUNBOOKS[code]?.({ address, finding: { code, subject, facts } }) ?? []
      return commandsIn(code, steps)
    }),
  )
  const ofLosses = LOSS_KINDS.flatMap((kind) => {
    const loss = { kind, topic: 'orders', partition: 0, broker: null, group: 'billing', evidence: {} }
    return commandsIn(kind, recoveryOf('kafka', { address, loss }))
  })
  return new Map([...ofFindings, ...ofLosses].toReversed())
}

function commandsIn(where: string, steps: readonly RunbookStep[]): [command: string, where: string][] {
  return steps.flatMap(({ key, command }): [string, string][] =>
    command === null ? [] : [[command, `${where} ${key}`]],
  )
}

describe('every command', () => {
  test(
    'is understood, and finds what it looks for',
    async () => {
      const failed: Record<string, string>[] = []
      for (const [command, where] of commandsOfRunbooks()) {
        const [line = '', pattern] = filledIn(command).split(/ \| grep -[FE] /)
        const { isDone, text } = await shell(line)
        const isOccasion = isDone || NO_OCCASION.some((one) => one.test(text))
        const isFound =
          pattern === undefined || new RegExp(pattern.replaceAll("'", '').replaceAll('.', '\\.')).test(text)
        if (!isOccasion || NOT_UNDERSTOOD.test(text) || !isFound) failed.push({ where, line, text: text.slice(0, 600) })
      }
      expect(failed).toEqual([])
    },
    ALL_COMMANDS_MS,
  )

  test('would be found out if it were not understood', async () => {
    const { isDone, text } = await shell(
      `kafka-topics.sh --bootstrap-server ${cluster.bootstrapServers[0]} --list --nope`,
    )
    expect([isDone, NOT_UNDERSTOOD.test(text), NO_OCCASION.some((one) => one.test(text))]).toEqual([false, true, false])
  })
})
