/** Rules that people write while the console runs: the next poll goes by them, in the process that polls. */
import { expect, test } from 'vitest'
import { createAlertStore } from '../../../lib/alerting/alert-store.ts'
import { createOwnRules } from '../../../lib/alerting/own-rules.ts'
import type { AlertRule } from '../../../lib/alerts/alert-rule.ts'
import { alertRuleInput } from '../../../lib/config/alerts.ts'
import { aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'
import { clusterConfig } from '../../servers/kafka-clients.ts'
import { storedPoller } from '../../servers/stored-poller.ts'
import { onBothDatabases } from '../db/databases.ts'

const NO_BUILT_IN = { tuned: {}, own: [] }

function longLog(raiseAbove: number, runbook = 'https://wiki'): AlertRule {
  const when = { series: 'endOffset', labels: { topic: 'ord*' } }
  return alertRuleInput.parse({ id: 'long-log', when, raiseAbove, severity: 'high', keepFiringForSeconds: 0, runbook })
}

onBothDatabases('own rules in polls', ({ createUrl, open }) => {
  test('take effect with the next poll, and what they told ends when they are changed or removed', async () => {
    const url = await createUrl()
    const [ofCollector, ofWeb] = [await open(url), await open(url)]
    const alerts = createAlertStore(ofCollector)
    const topics = [aTopic({ partitions: [aPartition({ endOffset: 1_000n })] })]
    const poller = storedPoller({
      ...{ config: clusterConfig(['a:1']), database: ofCollector, complain: (text) => expect.fail(text) },
      alertRules: createOwnRules(ofCollector, NO_BUILT_IN, Date.now),
      // What a broker tells is not what this is about.
      createDriver: () => ({
        kind: 'kafka',
        poll: async () => aSnapshot({ topics, startedAtMs: Date.now() - 1, finishedAtMs: Date.now() }),
        test: async () => [],
        close: async () => undefined,
      }),
    })
    const poll = async (): Promise<(string | null)[][]> => {
      expect(await poller.poll(AbortSignal.timeout(60_000))).toBe(true)
      const own = (await alerts.list(0)).filter(({ ruleCode }) => ruleCode === 'long-log')
      return own.toSorted((one, other) => one.episode - other.episode).map(({ state, endReason }) => [state, endReason])
    }
    const people = createOwnRules(ofWeb, NO_BUILT_IN, Date.now)
    expect(await poll()).toEqual([])
    await people.add(longLog(500), 'ana')
    expect(await poll()).toEqual([['firing', null]])
    await people.replace(longLog(500, 'https://wiki/elsewhere'), 'ana')
    expect(await poll()).toEqual([['firing', null]])
    await people.replace(longLog(999), 'ana')
    expect(await poll()).toEqual([['resolved', 'ruleChanged']])
    expect((await poll()).at(-1)).toEqual(['firing', null])
    await people.remove('long-log')
    expect(await poll()).toEqual([
      ['resolved', 'ruleChanged'],
      ['resolved', 'ruleRemoved'],
    ])
    await poller.close()
  })
})
