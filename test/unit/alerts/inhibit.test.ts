import { describe, expect, it, test } from 'vitest'
import type { Alert } from '../../../lib/alerts/alert.ts'
import type { AlertSubject } from '../../../lib/alerts/alert-rule.ts'
import { inhibitorFinder } from '../../../lib/alerts/inhibit.ts'
import type { PartitionState } from '../../../lib/cluster/snapshot.ts'
import type { ObservedTopic } from '../../../lib/durability/observation.ts'
import { AlertLab, anAlert, aRule, observed } from '../../builders/alerts.ts'
import { aPartition, aTopic } from '../../builders/snapshots.ts'

const found = (code: string, subject: Partial<AlertSubject> = {}, over: Partial<Alert> = {}): Alert =>
  anAlert({
    ...{ id: code, ruleCode: code, basis: { kind: 'finding', code } },
    subject: { type: 'topic', name: 'orders', part: null, ...subject },
    ...over,
  })
const ofBroker = (code: string, name: string, over: Partial<Alert> = {}): Alert =>
  found(code, { type: 'broker', name }, { id: `${code} ${name}`, ...over })
const ofGroup = (code: string, over: Partial<Alert> = {}): Alert =>
  found(code, { type: 'group', name: 'billing' }, over)
const lag = (series: string): Alert => ofGroup('own', { basis: { kind: 'series', code: series } })

const topicWith = (...partitions: Partial<PartitionState>[]): ObservedTopic =>
  observed({
    topics: [aTopic({ partitions: partitions.map((over, partition) => aPartition({ partition, ...over })) })],
  }).topics[0] as ObservedTopic
const WITHOUT_3 = topicWith({ isr: ['1', '2'] }, {})

function inhibitorOf(
  alert: Alert,
  others: Alert[],
  topic: ObservedTopic = WITHOUT_3,
  muted: string[] = [],
): string | null {
  const isMuted = ({ id }: Alert): boolean => muted.includes(id)
  return (
    inhibitorFinder([alert, ...others], isMuted, (name) => (name === topic.name ? topic : undefined))(alert)?.id ?? null
  )
}

describe('who tells it as well', () => {
  it.each<[string, Alert, Alert[], string | null]>([
    ['nobody', found('partition.underMinIsr'), [], null],
    [
      'a partition offline over one under its min ISR',
      found('partition.underMinIsr'),
      [found('partition.offline')],
      'partition.offline',
    ],
    [
      'under min ISR over under-replicated',
      found('partition.underReplicated'),
      [found('partition.underMinIsr')],
      'partition.underMinIsr',
    ],
    [
      'the gravest of several',
      found('partition.underReplicated'),
      [found('partition.underMinIsr'), found('partition.offline')],
      'partition.offline',
    ],
    ['not the milder one', found('partition.offline'), [found('partition.underMinIsr')], null],
    ['not one of another topic', found('partition.underMinIsr'), [found('partition.offline', { name: 'other' })], null],
    ['the broker that is missing', found('partition.atMinIsr'), [ofBroker('broker.missing', '3')], 'broker.missing 3'],
    ['not another broker', found('partition.atMinIsr'), [ofBroker('broker.missing', '2')], null],
    [
      'not a broker that is there and has another trouble',
      found('partition.atMinIsr'),
      [ofBroker('broker.diskFull', '3')],
      null,
    ],
    [
      'the master over its broker',
      ofBroker('broker.missing', '3'),
      [ofBroker('broker.masterMissing', '3')],
      'broker.masterMissing 3',
    ],
    ['a consumer that stopped over its lag', lag('groupLagSeconds'), [ofGroup('group.stopped')], 'group.stopped'],
    [
      'a consumer that stopped over one that stands',
      ofGroup('group.stalled'),
      [ofGroup('group.stopped')],
      'group.stopped',
    ],
    ['not over what it will lose', ofGroup('group.lossForecast'), [ofGroup('group.stopped')], null],
    ['not over another series', lag('committedOffset'), [ofGroup('group.stopped')], null],
    ['not over another group', lag('lagSeconds'), [found('group.stopped', { type: 'group', name: 'audit' })], null],
    [
      'one that recovers still',
      found('partition.underMinIsr'),
      [found('partition.offline', {}, { state: 'recovering' })],
      'partition.offline',
    ],
    [
      'not one that has not fired',
      found('partition.underMinIsr'),
      [found('partition.offline', {}, { state: 'pending' })],
      null,
    ],
    [
      'of one that has not fired, nobody',
      found('partition.underMinIsr', {}, { state: 'pending' }),
      [found('partition.offline')],
      null,
    ],
  ])('%s', (_, alert, others, expected) => {
    expect(inhibitorOf(alert, others)).toBe(expected)
  })

  it('is no broker where one copy more is missing', () => {
    const others = [ofBroker('broker.missing', '3')]
    expect(
      inhibitorOf(found('partition.atMinIsr'), others, topicWith({ isr: ['1', '2'] }, { isr: ['1', '3'] })),
    ).toBeNull()
    expect(inhibitorOf(found('partition.atMinIsr'), others, topicWith({ isr: ['1'] }))).toBeNull()
    expect(inhibitorOf(found('partition.atMinIsr'), others, topicWith({ isr: null }))).toBeNull()
    const both = [...others, ofBroker('broker.missing', '2')]
    expect(inhibitorOf(found('partition.atMinIsr'), both, topicWith({ isr: ['1'] }))).toBe('broker.missing 2')
  })

  it('is the broker that took the last copy with it, though the list of those in sync names it', () => {
    const gone = topicWith({ replicas: ['3'], isr: ['3'], leader: null, offlineReplicas: ['3'] })
    expect(inhibitorOf(found('partition.offline'), [ofBroker('broker.missing', '3')], gone)).toBe('broker.missing 3')
  })

  it('is nobody whom a person muted: nobody is shown that one', () => {
    expect(
      inhibitorOf(found('partition.underMinIsr'), [found('partition.offline')], WITHOUT_3, ['partition.offline']),
    ).toBeNull()
  })
})

test('that it is told elsewhere, and no longer, is written down; one that fires inhibited says so at once', () => {
  const rule = (code: 'partition.offline' | 'partition.underMinIsr') =>
    aRule({ code, when: { kind: 'finding', finding: code, from: 'info', labels: {} } })
  const lab = new AlertLab([rule('partition.offline'), rule('partition.underMinIsr')])
  const [gone, low] = [{ leader: null }, { isr: ['1'] }]
  const poll = (...partitions: Partial<PartitionState>[]): string[] =>
    lab
      .poll(
        observed({
          topics: [aTopic({ partitions: partitions.map((over, partition) => aPartition({ partition, ...over })) })],
        }),
      )
      .transitions.map(({ reason, to, isInhibited }) => `${reason} ${to} ${isInhibited}`)
  expect(poll({}, low)).toEqual(['raised firing false'])
  expect(poll(gone, low)).toEqual(['raised firing false', 'inhibited firing true'])
  expect(poll({}, low)).toEqual(['cleared resolved false', 'released firing false'])
  expect(poll({}, {})).toEqual(['cleared resolved false'])
  expect(poll(gone, low).toSorted()).toEqual(['raised firing false', 'raised firing true'])
})

test('told by another one than before, it was told before, too', () => {
  const codes = ['partition.noEligibleLeader', 'partition.offline', 'partition.underMinIsr'] as const
  const lab = new AlertLab(
    codes.map((code) => aRule({ code, when: { kind: 'finding', finding: code, from: 'info', labels: {} } })),
  )
  const poll = (...partitions: Partial<PartitionState>[]): string[] =>
    lab
      .poll(
        observed({
          topics: [aTopic({ partitions: partitions.map((over, partition) => aPartition({ partition, ...over })) })],
        }),
      )
      .transitions.map(({ reason }) => reason)
  poll({ leader: null, isr: ['1'] }, { isr: ['1'] })
  expect(poll({ leader: null, isr: [], eligibleLeaders: [] }, { isr: ['1'] })).toEqual(['cleared', 'raised'])
  const [low, nobody] = [
    lab.open.find(({ ruleCode }) => ruleCode === codes[2]),
    lab.open.find(({ ruleCode }) => ruleCode === codes[0]),
  ]
  expect(low?.inhibitedBy).toBe(nobody?.id)
})
