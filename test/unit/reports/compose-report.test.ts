import { describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../lib/history/event-history.ts'
import type { StoredLoss } from '../../../lib/losses/loss-ledger.ts'
import type { Mute } from '../../../lib/registry/mutes.ts'
import { composeReport } from '../../../lib/reports/compose-report.ts'
import type { ClusterFacts, ForecastFact } from '../../../lib/reports/period-facts.ts'
import type { ReportContent, ReportedFinding } from '../../../lib/reports/report.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { aClusterOf, aFinding, aFindingEvent, aPeriod, FROM_MS, TO_MS } from '../../builders/reports.ts'
import { aLoss } from '../../builders/stored-losses.ts'

const started = (atMs: number, facts = {}) => aFindingEvent('findingStarted', atMs, facts)
const ended = (atMs: number, sinceMs: number, facts = {}) => aFindingEvent('findingEnded', atMs, { sinceMs, ...facts })
const BEFORE = FROM_MS - HOUR_MS
const IN = FROM_MS + HOUR_MS
const AFTER = TO_MS + HOUR_MS

type Part = 'atRisk' | 'muted' | 'began' | 'ended'
const names = (content: ReportContent, part: Part): string[] =>
  content[part].items.map(({ subject, endedAtMs, because }: ReportedFinding) => {
    const end = because === null ? 'holds' : `${because} ${endedAtMs === null ? '' : (endedAtMs - FROM_MS) / HOUR_MS}`
    return `${subject.name} ${end}`.trim()
  })

function composed(cluster: Partial<ClusterFacts>, over = {}) {
  return composeReport(aPeriod({ clusters: [aClusterOf(cluster)], ...over }))
}

describe('what was found', () => {
  it.each<[string, Partial<ClusterFacts>, { atRisk?: string[]; began?: string[]; ended?: string[] }]>([
    ['held before and still does', { findings: [aFinding({ atMs: BEFORE })] }, { atRisk: ['orders holds'] }],
    [
      'began in the period and holds',
      { findings: [aFinding({ atMs: IN })], findingEvents: [started(IN)] },
      { atRisk: ['orders holds'], began: ['orders holds'] },
    ],
    [
      'began and was written down by the newest poll alone, since the console was killed',
      { findings: [aFinding({ atMs: IN })] },
      { atRisk: ['orders holds'], began: ['orders holds'] },
    ],
    ['ended in the period', { findingEvents: [ended(IN, BEFORE)] }, { ended: ['orders gone 1'] }],
    [
      'began and ended in the period',
      { findingEvents: [started(IN), ended(IN + HOUR_MS, IN)] },
      { began: ['orders gone 2'], ended: ['orders gone 2'] },
    ],
    [
      'could not be looked at any more',
      { findingEvents: [ended(IN, BEFORE, { because: 'unknown' })] },
      { ended: ['orders unknown 1'] },
    ],
    ['began, and nobody wrote down how it ended', { findingEvents: [started(IN)] }, { began: ['orders unknown'] }],
    ['began after the period', { findings: [aFinding({ atMs: AFTER })], findingEvents: [started(AFTER)] }, {}],
    [
      'ended after the period, as a report that is made late can see',
      { findingEvents: [ended(AFTER, BEFORE)] },
      { atRisk: ['orders holds'] },
    ],
    [
      'began and ended as the period began',
      { findingEvents: [started(FROM_MS), ended(FROM_MS, FROM_MS)] },
      { began: ['orders gone 0'], ended: ['orders gone 0'] },
    ],
    ['began as the period ended', { findings: [aFinding({ atMs: TO_MS })], findingEvents: [started(TO_MS)] }, {}],
    ['began and ended as the period ended', { findingEvents: [ended(TO_MS, TO_MS)] }, {}],
    ['ended as the period ended', { findingEvents: [ended(TO_MS, BEFORE)] }, { atRisk: ['orders holds'] }],
    ['is merely good to know', { findings: [aFinding({ severity: 'info' })] }, {}],
    [
      'began twice',
      {
        findings: [aFinding({ atMs: IN + 3 * HOUR_MS })],
        findingEvents: [started(IN), ended(IN + HOUR_MS, IN), started(IN + 3 * HOUR_MS)],
      },
      { atRisk: ['orders holds'], began: ['orders holds', 'orders gone 2'], ended: ['orders gone 2'] },
    ],
  ])('%s', (_, cluster, { atRisk = [], began = [], ended: over = [] }) => {
    const { content, headline } = composed(cluster)
    expect(names(content, 'atRisk')).toEqual(atRisk)
    expect(names(content, 'began').sort()).toEqual(began.sort())
    expect(names(content, 'ended')).toEqual(over)
    expect([headline.began, headline.ended, headline.atRisk.high]).toEqual([began.length, over.length, atRisk.length])
  })

  it('with many others at once is one of many, unless each is still known by itself', () => {
    const facts = { subjects: 60, names: 'a, b, …' }
    const { subject: _, ...many } = started(IN, facts).facts
    const event = { ...started(IN), facts: many }
    expect(composed({ findingEvents: [event] }).content.began.items).toMatchObject([
      { count: 60, subject: { type: 'topic', name: '' }, sinceMs: IN, because: 'unknown' },
    ])
    const findings = [aFinding({ atMs: IN }), aFinding({ atMs: IN, subject: { type: 'topic', name: 'pay' } })]
    expect(names(composed({ findings, findingEvents: [event] }).content, 'began')).toEqual([
      'orders holds',
      'pay holds',
    ])
  })

  it('says whose it is, the gravest comes first, and no more than five hundred of it', () => {
    const findings = Array.from({ length: 600 }, (_, index) =>
      aFinding({
        code: 'topic.replicationFactorOne',
        severity: 'warning',
        subject: { type: 'topic', name: `t${index}` },
      }),
    )
    const labelsOf = (cluster: string, { name }: { name: string }) =>
      name === 'orders' ? { team: `shop ${cluster}` } : {}
    const { content, headline } = composed({ findings: [...findings, aFinding()] }, { labelsOf })
    expect([content.atRisk.items.length, content.atRisk.total, headline.atRisk]).toEqual([
      ...[500, 601, { critical: 0, high: 1, warning: 600, info: 0 }],
    ])
    expect(content.atRisk.items.slice(0, 2)).toMatchObject([{ team: 'shop live' }, { team: null }])
  })
})

describe('what is muted', () => {
  const mute: Mute = {
    ...{ id: 'm', code: 'partition.*', cluster: '*', subject: 'orders', reason: 'known', source: 'runtime' },
    ...{ untilAtMs: TO_MS + 1, createdAtMs: IN, createdBy: 'ana' },
  }
  const parts = (over: Partial<Mute>) => composed({ findings: [aFinding()] }, { mutes: [{ ...mute, ...over }] })

  it('at the end of the period stands apart, with why, and is no reason of the level', () => {
    const { content, headline } = parts({})
    expect(content.muted.items).toMatchObject([{ mute: { reason: 'known', untilAtMs: TO_MS + 1 } }])
    expect([content.atRisk.total, headline.level, headline.muted]).toEqual([0, 'safe', 1])
    expect(content.mutes.items).toMatchObject([{ id: 'm', createdBy: 'ana' }])
  })

  it.each([
    ['until before its end', { untilAtMs: TO_MS }, 1],
    ['only since after its end', { createdAtMs: TO_MS }, 0],
    ['until before its beginning', { untilAtMs: FROM_MS }, 0],
  ])('%s is not', (_, over, listed) => {
    const { content, headline } = parts(over)
    expect([content.atRisk.total, headline.level, content.mutes.total]).toEqual([1, 'atRisk', listed])
  })
})

describe('losses', () => {
  const stored = (over: Partial<StoredLoss>): StoredLoss => {
    const { episode: _, ...rest } = aLoss()
    const none = { acknowledgedAtMs: null, acknowledgedBy: null, note: null }
    return { ...rest, ...none, id: 'a', clusterId: 'live', firstDetectedAtMs: IN, lastDetectedAtMs: IN, ...over }
  }
  const report = (...losses: Partial<StoredLoss>[]) => composed({}, { losses: losses.map(stored) })

  it.each<[string, Partial<StoredLoss>, number, number, number, string]>([
    ['found in it', {}, 1, 1, 1, 'losing'],
    ['found before and grown in it', { firstDetectedAtMs: BEFORE }, 1, 0, 1, 'losing'],
    ['found before and still open', { firstDetectedAtMs: BEFORE, lastDetectedAtMs: BEFORE }, 0, 0, 1, 'losing'],
    [
      'acknowledged in it',
      { firstDetectedAtMs: BEFORE, lastDetectedAtMs: BEFORE, acknowledgedAtMs: IN },
      ...([1, 0, 0, 'safe'] as const),
    ],
    ['acknowledged only after it', { acknowledgedAtMs: AFTER }, 1, 1, 1, 'losing'],
    ['found as it began', { firstDetectedAtMs: FROM_MS, lastDetectedAtMs: FROM_MS }, 1, 1, 1, 'losing'],
    ['found as it ended', { firstDetectedAtMs: TO_MS, lastDetectedAtMs: TO_MS }, 0, 0, 0, 'safe'],
    ['acknowledged as it ended', { acknowledgedAtMs: TO_MS }, 1, 1, 1, 'losing'],
    ['found after it', { firstDetectedAtMs: AFTER, lastDetectedAtMs: AFTER }, 0, 0, 0, 'safe'],
    ['of a group that is nobody’s', { isAbandoned: true }, 1, 1, 1, 'safe'],
    ['of a cluster that is not watched any more', { clusterId: 'gone' }, 0, 0, 0, 'safe'],
  ])('%s', (_, over, listed, found, open, level) => {
    const { content, headline } = report(over)
    expect([content.losses.total, headline.losses, headline.openLosses, headline.level]).toEqual([
      listed,
      found,
      open,
      level,
    ])
  })

  it('come with the newest first', () => {
    const { items } = report({ id: 'old' }, { id: 'new', lastDetectedAtMs: IN + 1 }).content.losses
    expect(items.map(({ id }) => id)).toEqual(['new', 'old'])
  })

  it('are summed as far as they are known, and unknown is not none', () => {
    expect(report({}, { id: 'b', count: 5n }).headline).toMatchObject({ lostMessages: 415n, lostIsPartial: false })
    expect(report({}, { id: 'b', count: null }).headline).toMatchObject({ lostMessages: 410n, lostIsPartial: true })
    expect(report({ count: null }).headline).toMatchObject({ lostMessages: null, lostIsPartial: true })
    expect(report().headline).toMatchObject({ lostMessages: 0n, lostIsPartial: false })
  })
})

describe('what was not seen', () => {
  it('makes a cluster unknown when it was so at the end, whatever is known of it, and says how long', () => {
    const down = { fromMs: IN, toMs: TO_MS, reason: 'consoleDown' } as const
    const { content, headline } = composed({ findings: [aFinding()], unseen: [down] })
    expect(content.clusters).toMatchObject([{ level: 'unknown', unseenMs: TO_MS - IN, unseen: { items: [down] } }])
    expect(headline).toMatchObject({ level: 'unknown', unseenClusters: 1, unseenMs: TO_MS - IN })
  })

  it('is nothing of a cluster that was seen all the time', () => {
    expect(composed({}).headline).toMatchObject({ unseenClusters: 0, unseenMs: 0 })
  })

  it('in between is told, and leaves the level as it was seen at the end', () => {
    const unseen = [{ fromMs: IN, toMs: IN + MINUTE_MS, reason: 'pollFailed' } as const]
    expect(composed({ unseen }).headline).toMatchObject({ level: 'safe', unseenClusters: 1, unseenMs: MINUTE_MS })
  })

  it('is all of a cluster that was never polled, and no cluster is no safe one', () => {
    expect(composed({ lastPollAtMs: null }).headline.level).toBe('unknown')
    expect(composeReport(aPeriod({ clusters: [] })).headline).toMatchObject({ level: 'unknown', clusters: 0 })
  })
})

it('what happened comes with the newest first, and says whose it was', () => {
  const event = (atMs: number, group: string | null): StoredEvent => ({
    ...aFindingEvent('findingStarted', atMs),
    group,
  })
  const labelsOf = (_: string, { type, name }: { type: string; name: string }) => ({ team: `${type} ${name}` })
  const { items } = composed({ events: [event(IN, null), event(IN + 1, 'billing')] }, { labelsOf }).content.events
  expect(items.map(({ team }) => team)).toEqual(['group billing', 'topic orders'])
})

describe('forecasts', () => {
  const forecast = (name: string, earliestAtMs: number | null): ForecastFact => ({
    ...{ what: 'unread', subject: { type: 'group', name }, earliestAtMs, latestAtMs: null, because: 'retention' },
  })

  it('come with the soonest first and say how many are not known', () => {
    const forecasts = [forecast('later', AFTER), null, forecast('soon', IN), forecast('anyTime', null)]
    const { items, unknown, total } = composed({ forecasts }).content.forecasts ?? { items: [] }
    expect(items.map(({ subject }) => subject.name)).toEqual(['anyTime', 'soon', 'later'])
    expect([unknown, total]).toEqual([1, 3])
  })

  it('are none of a period that was long over', () => {
    expect(
      composed({ forecasts: [forecast('soon', AFTER)] }, { madeAtMs: TO_MS + 2 * HOUR_MS }).content.forecasts,
    ).toBeNull()
  })
})

it('a report by schedule that was made late says by how much, one that a person asked for does not', () => {
  const late = { madeAtMs: TO_MS + 3 * HOUR_MS }
  expect(composed({}, late).headline.lateMs).toBe(3 * HOUR_MS)
  expect(composed({}, { ...late, isScheduled: false }).headline.lateMs).toBeNull()
  expect(composed({}).headline.lateMs).toBeNull()
})
