import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exploreHref,
  isAbout,
  keptLabels,
  parsePick,
  picksParser,
  pickText,
  type SeriesPick,
} from '../../../lib/client/explore-view.ts'
import { METRICS } from '../../../lib/history/metrics.ts'
import { en } from '../../../lib/i18n/en.ts'

const label = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed())
const aPick: fc.Arbitrary<SeriesPick> = fc.record({
  metric: label,
  cluster: fc.option(label, { nil: '' }),
  labels: fc.record(
    { topic: label, group: label, partition: label, broker: label, logDir: label },
    { requiredKeys: [] },
  ),
})

describe('a pick in the address', () => {
  test('reads as a person would write it', () => {
    const text = 'lagMessages;cluster=shop;group=billing;topic=orders'
    expect(parsePick(text)).toEqual({
      ...{ metric: 'lagMessages', cluster: 'shop' },
      labels: { group: 'billing', topic: 'orders' },
    })
  })

  test('comes back whole, whatever the names, and so does a list of them', () => {
    fc.assert(
      fc.property(fc.array(aPick, { minLength: 1, maxLength: 4 }), (picks) => {
        for (const pick of picks) expect(parsePick(pickText(pick))).toEqual(pick)
        const query = new URL(exploreHref(picks, '6h'), 'http://localhost').searchParams.get('series')
        expect(picksParser.parse(query ?? '')).toEqual(picks)
      }),
    )
  })

  test.each([
    ['%', null],
    ['pollMs;cluster', { metric: 'pollMs', cluster: '', labels: {} }],
    ['pollMs;topic=%E0;cluster=shop', { metric: 'pollMs', cluster: 'shop', labels: {} }],
    ['pollMs;colour=red;cluster=shop', { metric: 'pollMs', cluster: 'shop', labels: {} }],
    [';cluster=shop', { metric: '', cluster: 'shop', labels: {} }],
  ])('%j that was mistyped leaves out what means nothing', (text, pick) => {
    expect(parsePick(text)).toEqual(pick)
  })
})

test('another metric keeps only the labels that it has', () => {
  expect(keptLabels({ topic: 'a', group: 'b' }, ['topic', 'partition'])).toEqual({ topic: 'a' })
})

describe('an event', () => {
  const pick = { metric: 'lagMessages', cluster: 'shop', labels: { topic: 'orders', partition: '0' } }
  const nothing = { clusterId: 'shop', topic: null, partition: null, group: null }
  test.each([
    ['of the whole cluster', nothing, true],
    ['of another cluster', { ...nothing, clusterId: 'bank' }, false],
    ['of the topic', { ...nothing, topic: 'orders' }, true],
    ['of another topic', { ...nothing, topic: 'payments' }, false],
    ['of the partition', { ...nothing, topic: 'orders', partition: 0 }, true],
    ['of another partition', { ...nothing, topic: 'orders', partition: 1 }, false],
    ['of a group, where none was picked', { ...nothing, group: 'billing' }, true],
  ])('%s', (_, event, expected) => {
    expect(isAbout(pick, event)).toBe(expected)
  })
})

test('every metric that is kept has a name', () => {
  expect(Object.keys(en.explore.metrics).sort()).toEqual(Object.keys(METRICS).sort())
  const units = new Set(Object.values(METRICS).map(({ unit }) => unit as string))
  expect(Object.keys(en.explore.units).sort()).toEqual([...units].sort())
})
