import { describe, expect, it } from 'vitest'
import { clusterOf, placeOf } from '../../../components/shell/places.ts'
import { safeNext } from '../../../components/shell/sign-in.tsx'
import { cutAtNames } from '../../../components/ui/emphasis.tsx'
import type { BrokerAnswer } from '../../../lib/api/schemas/brokers.ts'
import type { ClusterAnswer } from '../../../lib/api/schemas/clusters.ts'
import { apiPath } from '../../../lib/client/api.ts'
import { brokerState, fullestLogDir } from '../../../lib/client/broker-views.ts'
import { bodyOf, EMPTY_FORM, idFromName, isComplete } from '../../../lib/client/cluster-form.ts'
import { type Reason, soonestHarm } from '../../../lib/client/reason-views.ts'
import { type StoredSeries, sumSeries } from '../../../lib/client/series-views.ts'
import { boundsOf, parseTimeRange, stepSecondsFor } from '../../../lib/client/time-range.ts'

function series(values: Record<number, number>): StoredSeries {
  const points = Object.entries(values).map(([t, value]) => ({
    t: Number(t),
    min: value,
    max: value,
    avg: value,
    last: value,
  }))
  return { labels: { cluster: 'a' }, points, gaps: [] }
}

describe('sumSeries', () => {
  it('adds what every part knows and leaves out the other steps', () => {
    const sum = sumSeries([series({ 10: 1, 20: 2, 30: 3 }), series({ 10: 5, 30: 7 })])
    expect(sum?.points.map((point) => [point.t, point.last])).toEqual([
      [10, 6],
      [30, 10],
    ])
  })

  it('is unknown when a part is', () => {
    expect(sumSeries([series({ 10: 1 }), null])).toBeNull()
    expect(sumSeries([])).toBeNull()
  })
})

describe('time ranges', () => {
  it.each([
    ['6h', '6h'],
    ['100-200', '100-200'],
    ['200-100', null],
    ['5h', null],
    ['1e3-2e3', null],
  ])('%s is read as %s', (text, range) => {
    expect(parseTimeRange(text)).toBe(range)
  })

  it('a preset ends now, a fixed one does not move', () => {
    expect(boundsOf('1h', 10_000_000)).toEqual({ fromMs: 6_400_000, toMs: 10_000_000 })
    expect(boundsOf('100-200', 10_000_000)).toEqual({ fromMs: 100, toMs: 200 })
    expect(stepSecondsFor({ fromMs: 0, toMs: 100 }, 50)).toBe(1)
  })
})

describe('soonestHarm', () => {
  const reason = (code: string, severity: Reason['severity'], name: string): Reason => ({
    code,
    severity,
    subject: { type: 'topic', name },
    message: name,
    facts: {},
    at: '2026-11-22T00:00:00Z',
  })
  const cluster = (id: string, reasons: Reason[]): ClusterAnswer =>
    ({ id, name: id, verdict: { level: 'atRisk', stale: false, reasons } }) as unknown as ClusterAnswer

  it('puts what goes on before what a failure would do, and what nobody knows last', () => {
    const order = soonestHarm([
      cluster('a', [
        reason('partition.atMinIsr', 'high', 'second'),
        reason('cluster.partlyUnknown', 'critical', 'last'),
      ]),
      cluster('b', [reason('partition.offline', 'critical', 'first'), reason('broker.diskFull', 'high', 'full')]),
    ])
    expect(order.map((harm) => harm.reason.subject.name)).toEqual(['first', 'full', 'second', 'last'])
  })
})

describe('cutAtNames', () => {
  const strong = (sentence: string, names: string[]): string[] =>
    cutAtNames(sentence, names).flatMap((part) => (part.isStrong ? [part.text] : []))

  it('marks whole names only', () => {
    expect(strong('Group a lost data of a-b.', ['a'])).toEqual(['a'])
    expect(strong('消费者组billing丢失消息', ['billing'])).toEqual(['billing'])
    expect(strong('a.b and a', ['a', 'a.b'])).toEqual(['a.b', 'a'])
  })

  it('takes names for text, not for patterns', () => {
    expect(strong('topic (x|y)+ is offline', ['(x|y)+'])).toEqual(['(x|y)+'])
  })
})

describe('addresses', () => {
  it.each([
    ['/', 'overview', null],
    ['/clusters', 'clusters', null],
    ['/clusters/or%20ders/topics/a', 'clusters', 'or ders'],
    ['/clusters/%', 'clusters', null],
    ['/dead-letters', 'deadLetters', null],
    ['/dead-letters/x/%25DLQ%25y/records/0/1', 'deadLetters', 'x'],
    ['/elsewhere', null, null],
  ])('%s', (path, place, cluster) => {
    expect(placeOf(path)).toBe(place)
    expect(clusterOf(path)).toBe(cluster)
  })

  it.each([
    ['/clusters/a?q=1', '/clusters/a?q=1'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
    [null, '/'],
  ])('after signing in, %s leads to %s', (next, target) => {
    expect(safeNext(next, 'http://localhost:3000')).toBe(target)
  })

  it('leaves empty values out of a query', () => {
    expect(apiPath('/x', { q: '', sort: null, limit: 5, internal: false })).toBe('/x?limit=5&internal=false')
  })
})

describe('brokers', () => {
  it('tells missing from silent', () => {
    expect([true, false, null].map((online) => brokerState({ online }))).toEqual(['online', 'missing', 'silent'])
  })

  it('names the fullest volume among those that are known', () => {
    const dir = (path: string, usedRatio: number | null) => ({ path, usedRatio })
    const broker = { logDirs: [dir('a', 0.1), dir('b', null), dir('c', 0.9)] } as BrokerAnswer
    expect(fullestLogDir(broker)).toMatchObject({ logDir: { path: 'c' }, ratio: 0.9 })
    expect(fullestLogDir({ logDirs: null })).toBeNull()
  })
})

describe('the form for a cluster', () => {
  it('makes the id from the name', () => {
    expect(idFromName(' Orders EU (2) ')).toBe('orders-eu-2')
    expect(bodyOf({ ...EMPTY_FORM, name: 'Orders', servers: 'a:1, b:2\nc:3' })).toMatchObject({
      id: 'orders',
      name: 'Orders',
      bootstrapServers: ['a:1', 'b:2', 'c:3'],
      sasl: null,
      readOnly: true,
    })
  })

  it('wants what the chosen way to sign in needs', () => {
    const form = { ...EMPTY_FORM, name: 'a', servers: 'a:1', signIn: 'plain' as const }
    expect(isComplete(form)).toBe(false)
    expect(isComplete({ ...form, username: 'u', secret: 's' })).toBe(true)
    expect(isComplete({ ...form, signIn: 'oauthbearer', secret: 's' })).toBe(true)
  })

  it('asks for NameServers, keys and mapped addresses of RocketMQ', () => {
    const form = {
      ...{ ...EMPTY_FORM, kind: 'rocketmq' as const, name: 'Trade', servers: 'n:9876 m:9876' },
      ...{ accessKey: 'ak', secretKey: 'sk', addressMap: '172.17.0.3:10911 = localhost:10911\n\n10.0.0.9:1=h:2' },
    }
    expect(bodyOf(form)).toEqual({
      ...{ id: 'trade', name: 'Trade', kind: 'rocketmq', readOnly: true, nameServers: ['n:9876', 'm:9876'] },
      ...{ acl: { accessKey: 'ak', secretKey: 'sk' }, tls: { enabled: false, ca: null } },
      addressMap: { '172.17.0.3:10911': 'localhost:10911', '10.0.0.9:1': 'h:2' },
    })
    expect(isComplete(form)).toBe(true)
    expect(isComplete({ ...form, secretKey: '' })).toBe(false)
    expect(bodyOf({ ...form, accessKey: '', secretKey: '' })).toMatchObject({ acl: null })
  })
})
