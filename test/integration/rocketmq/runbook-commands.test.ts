/** Every command that the console writes down for RocketMQ, run as it stands by RocketMQ's own `mqadmin`. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import { LOSS_KINDS } from '../../../lib/durability/losses/loss.ts'
import { recoveryOf } from '../../../lib/durability/losses/recovery.ts'
import { ROCKETMQ_RUNBOOKS } from '../../../lib/durability/runbooks/rocketmq-runbooks.ts'
import type { RunbookStep } from '../../../lib/durability/runbooks/runbook.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { hitsOf } from '../../unit/durability/rules/all-cases.ts'

/** Commands that 4.9 does not have; the words of their steps say so. */
const SINCE_5 = /^mqadmin (haStatus|getSyncStateSet|getControllerMetaData) /
/** It ends by itself when it does not know an option, and says so when it does not know a command. */
const NOT_UNDERSTOOD = /ended|The sub command|Unrecognized option|Missing/

/** By command, where it stands. */
function commandsOfRunbooks(address: string, broker: string): Map<string, string> {
  const codes = Object.keys(ROCKETMQ_RUNBOOKS) as FindingCode[]
  const ofFindings = codes.flatMap((code) =>
    hitsOf(code).flatMap(({ subject: { type, name }, facts }) => {
      const subject = { type, name: type === 'nameServer' ? address : name }
      const finding = { code, subject, facts: { ...facts, address: broker } }
      const steps = ROCKETMQ_RUNBOOKS[code]?.({ address, finding }) ?? []
      return commandsIn(code, steps)
    }),
  )
  const ofLosses = LOSS_KINDS.flatMap((kind) => {
    const loss = { kind, topic: 'orders', partition: 0, broker: 'broker-a', group: 'billing', evidence: {} }
    return commandsIn(kind, recoveryOf('rocketmq', { address, loss }))
  })
  return new Map([...ofFindings, ...ofLosses].toReversed())
}

function commandsIn(where: string, steps: readonly RunbookStep[]): [command: string, where: string][] {
  return steps.flatMap(({ key, command }): [string, string][] =>
    command === null ? [] : [[command, `${where} ${key}`]],
  )
}

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', (version) => {
  let cluster: RocketmqTestCluster

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ version, slaves: 0 })
    await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '1', '-w', '1'])
    await cluster.mqadmin('updateSubGroup', ['-c', cluster.clusterName, '-g', 'billing'])
  })
  afterAll(() => cluster?.stop())

  /** What the words in capitals stand for here. */
  const filledIn = (command: string): string =>
    command
      .replace('BROKER_ADDRESS', cluster.broker('broker-a').address)
      .replace('CONTROLLER_ADDRESS', '127.0.0.1:1')
      .replace('HOURS', '72')
      .replace('-r QUEUES -w QUEUES', '-r 1 -w 1')
      .replace('RETRY_QUEUES', '1')
      .replace('-r RETRIES', '-r 16')
      .replace('TIMESTAMP', '2026-01-31#12:00:00:000')
      .replace('-g GROUP -t TOPIC', '-g billing -t orders')

  test(
    'understands every command',
    async () => {
      const failed: Record<string, string>[] = []
      const commands = commandsOfRunbooks(cluster.nameServerList, cluster.broker('broker-a').address)
      expect(commands.size).toBeGreaterThan(40)
      for (const [command, where] of commands) {
        if (version === '4.9.7' && SINCE_5.test(command)) continue
        const [line = ''] = filledIn(command).split(' | grep ')
        const [, name = '', ...args] = wordsOf(line)
        try {
          await cluster.mqadmin(name, args)
        } catch (error) {
          // What this cluster has no occasion for is answered with an error; what is not understood ends the program.
          const text = (error as Error).message
          if (NOT_UNDERSTOOD.test(text)) failed.push({ where, line, text: text.slice(0, 400) })
        }
      }
      expect(failed).toEqual([])
    },
    10 * MINUTE_MS,
  )

  // The last one: it ends the program.
  test('would be found out if it were not understood', async () => {
    await expect(cluster.mqadmin('topicRoute', ['-t', 'orders', '-zz'])).rejects.toThrow(NOT_UNDERSTOOD)
  })
})

/** As a shell takes it apart. */
function wordsOf(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
  return stdout.trimEnd().split('\n')
}
