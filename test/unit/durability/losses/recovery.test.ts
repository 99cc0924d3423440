import { describe, expect, it, test } from 'vitest'
import type { ClusterKind } from '../../../../lib/cluster/snapshot.ts'
import { LOSS_KINDS, type LossKind } from '../../../../lib/durability/losses/loss.ts'
import { recoveryOf } from '../../../../lib/durability/losses/recovery.ts'
import { LOCALES } from '../../../../lib/i18n/locale.ts'
import { translate } from '../../../../lib/i18n/translate.ts'
import { aLoss } from '../../../builders/stored-losses.ts'

/** What each system can lose, as far as anything is known to do about it. */
const MENDED: Record<ClusterKind, LossKind[]> = {
  kafka: ['retentionOverranGroup', 'logTruncated', 'uncleanElection', 'topicRecreated', 'dlqExpired'],
  rocketmq: [
    ...(['retentionOverranGroup', 'logTruncated', 'topicRecreated', 'dlqExpired'] as const),
    ...(['transactionsAbandoned', 'replicaBehindAtFailover'] as const),
  ],
}
const SYSTEMS = ['kafka', 'rocketmq'] as const
const CASES = SYSTEMS.flatMap((system) => MENDED[system].map((kind) => [system, kind] as const))

const stepsOf = (system: ClusterKind, over: Parameters<typeof aLoss>[0]) =>
  recoveryOf(system, { address: 'a:1,b:2', loss: aLoss(over) })

describe.each(LOCALES)('in %s', (locale) => {
  it.each(LOSS_KINDS)('%s has a title and says how it can be', (kind) => {
    for (const system of SYSTEMS) {
      for (const part of ['title', 'why']) {
        const key = `${kind}.${part}`
        expect(translate(locale, 'lossKinds', key, {}, system)).not.toBe(key)
      }
    }
  })
  it.each(CASES)('%s: every step after %s has words', (system, kind) => {
    const steps = stepsOf(system, { kind })
    expect(steps.length).toBeGreaterThan(2)
    for (const { key } of steps) {
      const path = `${kind}.steps.${key}`
      expect(translate(locale, 'lossKinds', path, {}, system)).not.toBe(path)
    }
  })
})

test('commands name the place, and hostile names stay one word', () => {
  const commands = (over: Parameters<typeof aLoss>[0]) => stepsOf('kafka', over).map(({ command }) => command)
  expect(commands({ partition: 3 })).toEqual([
    'kafka-configs.sh --bootstrap-server a:1,b:2 --alter --entity-type topics --entity-name orders --add-config retention.ms=-1,retention.bytes=-1',
    'kafka-consumer-groups.sh --bootstrap-server a:1,b:2 --group billing --describe',
    'kafka-consumer-groups.sh --bootstrap-server a:1,b:2 --group billing --reset-offsets --topic orders:3 --to-earliest --dry-run',
    null,
    'kafka-configs.sh --bootstrap-server a:1,b:2 --alter --entity-type topics --entity-name orders --delete-config retention.ms,retention.bytes',
  ])
  for (const command of commands({ group: "x'; rm -rf /", topic: '--delete' })) {
    if (command?.includes('--group')) expect(command).toContain(`--group 'x'\\''; rm -rf /'`)
    if (command?.includes('--entity-name')) expect(command).toContain('--entity-name=--delete')
  }
  const rocketmq = stepsOf('rocketmq', { group: 'a b' }).map(({ command }) => command)
  expect(rocketmq[1]).toBe("mqadmin consumerProgress -n a:1,b:2 -g 'a b'")
})
