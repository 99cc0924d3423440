import { describe, expect, test } from 'vitest'
import { WEEKDAYS } from '../../../lib/alerts/week-times.ts'
import { type Flushed, flushGroup, type Member } from '../../../lib/telling/flush-group.ts'
import type { TellGroup } from '../../../lib/telling/telling.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { aGroup, aMember, ENDED, POLICY, TOLD } from '../../builders/tellings.ts'

/** Each message as `firing alert-1 high, resolved …`. */
function words({ told }: Flushed): string[] {
  return told.map(({ notification: { alerts } }) =>
    alerts
      .map(({ id, severity, endedAtMs }) => `${endedAtMs === null ? 'firing' : 'resolved'} ${id} ${severity}`)
      .join(', '),
  )
}

const ACKNOWLEDGED = { acknowledgedAtMs: NOW_MS, acknowledgedBy: 'ana' }
const OVERDUE = { toldAtMs: NOW_MS - 4 * HOUR_MS }
const LATELY = { toldAtMs: NOW_MS - HOUR_MS }
const ALL_WEEK = { days: WEEKDAYS, fromMinute: 0, toMinute: 24 * 60, timeZone: 'UTC' }
const HIDDEN = true

/** What one member comes to: messages, whether it is forgotten, and when the group is looked at again. */
interface Case {
  group?: Partial<TellGroup>
  member: Member
  told: string[]
  isDropped?: boolean
  dueInMs?: number | null
}

const CASES: Record<string, Case> = {
  'what begins is told, and repeated when its time has come': {
    ...{ member: aMember(), told: ['firing alert-1 high'], dueInMs: 4 * HOUR_MS },
  },
  'what ended before it was told is forgotten': { member: aMember(ENDED), told: [], isDropped: true },
  'what ends after it was told is told as ended, once': {
    ...{ group: LATELY, member: aMember(ENDED, TOLD), told: ['resolved alert-1 high'] },
  },
  'an end is told whatever people did meanwhile': {
    ...{ group: LATELY, member: aMember({ ...ENDED, ...ACKNOWLEDGED }, TOLD, HIDDEN), told: ['resolved alert-1 high'] },
  },
  'what is hidden is not told, and begins anew when it is not any more': {
    ...{ member: aMember({}, {}, HIDDEN), told: [], isDropped: true },
  },
  'what somebody looks after before it was told is not told': {
    ...{ member: aMember(ACKNOWLEDGED), told: [], isDropped: true },
  },
  'what is over and may come back is not told yet': { member: aMember({ state: 'recovering' }), told: [] },
  'what nobody can tell any more still fires': {
    member: aMember({ state: 'noData' }),
    told: ['firing alert-1 high'],
    dueInMs: 4 * HOUR_MS,
  },
  'what was told is not told again before its time': {
    ...{ group: LATELY, member: aMember({}, TOLD), told: [], dueInMs: 3 * HOUR_MS },
  },
  'it is told again when nobody acknowledges it': {
    ...{ group: OVERDUE, member: aMember({}, TOLD), told: ['firing alert-1 high'], dueInMs: 4 * HOUR_MS },
  },
  'it is not when somebody did': { group: OVERDUE, member: aMember(ACKNOWLEDGED, TOLD), told: [] },
  'nor while it is hidden': { group: OVERDUE, member: aMember({}, TOLD, HIDDEN), told: [] },
  'nor where nothing is repeated': {
    ...{ group: { ...OVERDUE, policy: { ...POLICY, repeatMs: null } }, member: aMember({}, TOLD), told: [] },
  },
  'what grows graver is told at once': {
    ...{
      group: LATELY,
      member: aMember({ severity: 'critical' }, TOLD),
      told: ['firing alert-1 critical'],
      dueInMs: 4 * HOUR_MS,
    },
  },
  'also to who acknowledged the lesser': {
    ...{
      group: LATELY,
      member: aMember({ severity: 'critical', ...ACKNOWLEDGED }, TOLD),
      told: ['firing alert-1 critical'],
    },
  },
  'but not while it is hidden': {
    ...{ group: LATELY, member: aMember({ severity: 'critical' }, TOLD, HIDDEN), told: [] },
  },
  'that it comes and goes is told once': {
    ...{
      group: LATELY,
      member: aMember({ isFlapping: true }, TOLD),
      told: ['firing alert-1 high'],
      dueInMs: 4 * HOUR_MS,
    },
  },
  'and not again': {
    ...{
      group: LATELY,
      member: aMember({ isFlapping: true }, { ...TOLD, toldFlapping: true }),
      told: [],
      dueInMs: 3 * HOUR_MS,
    },
  },
  'an escalation waits for its time': {
    member: aMember({}, { cause: 'escalation', fromAtMs: NOW_MS + 15 * MINUTE_MS }),
    ...{ told: [], dueInMs: 15 * MINUTE_MS },
  },
  'it is told when nobody acknowledged until then': {
    ...{ member: aMember({}, { cause: 'escalation' }), told: ['firing alert-1 high'], dueInMs: 4 * HOUR_MS },
  },
  'and nobody is called when somebody did': {
    ...{ member: aMember(ACKNOWLEDGED, { cause: 'escalation' }), told: [], isDropped: true },
  },
  'in mute times nothing is told, and looked at again within the hour': {
    ...{ group: { policy: { ...POLICY, muteTimes: [ALL_WEEK] } }, member: aMember(), told: [], dueInMs: HOUR_MS },
  },
  'who keeps a state is told on while people look after it': {
    group: { ...OVERDUE, mode: 'state' },
    ...{ member: aMember(ACKNOWLEDGED, TOLD, HIDDEN), told: ['firing alert-1 high'], dueInMs: 4 * HOUR_MS },
  },
  'and is told of another severity that the one before has ended': {
    group: { ...LATELY, mode: 'state' },
    member: aMember({ severity: 'critical' }, TOLD),
    ...{ told: ['resolved alert-1 high, firing alert-1 critical'], dueInMs: 4 * HOUR_MS },
  },
  'and of the end of the one that it knows, whatever became of it since': {
    group: { ...LATELY, mode: 'state' },
    ...{ member: aMember({ ...ENDED, severity: 'critical' }, TOLD), told: ['resolved alert-1 high'] },
  },
}

test.each(Object.entries(CASES))(
  '%s',
  (_name, { group: over = {}, member, told, isDropped = false, dueInMs = null }) => {
    const group = aGroup(over)
    const flushed = flushGroup(group, [member], NOW_MS)
    expect(words(flushed)).toEqual(told)
    expect(flushed.dropped).toEqual(isDropped ? [member.telling] : [])
    expect(flushed.group.dueAtMs).toBe(dueInMs === null ? null : NOW_MS + dueInMs)
    expect(flushed.group).toMatchObject({
      ...{ sequence: told.length, toldAtMs: told.length === 0 ? group.toldAtMs : NOW_MS },
    })
    // Looked at once more in the same moment, there is nothing left to tell.
    const after = { ...member, telling: flushed.tellings[0] ?? member.telling }
    if (told.length > 0) {
      const again = flushGroup(flushed.group, after.telling.endToldAtMs === null ? [after] : [], NOW_MS)
      expect(words(again)).toEqual([])
    }
  },
)

describe('of several', () => {
  test('people get one message: the gravest first, those that have ended last, each as it is now', () => {
    const members = [
      aMember({ id: 'ended', ...ENDED }, TOLD),
      aMember({ id: 'known' }, TOLD),
      aMember({ id: 'grave', severity: 'critical' }),
      aMember({ id: 'older', startedAtMs: NOW_MS - HOUR_MS }),
      aMember({ id: 'silenced' }, TOLD, HIDDEN),
      aMember({ id: 'waits' }, { fromAtMs: NOW_MS + 1 }),
    ]
    const flushed = flushGroup(aGroup({ sequence: 7 }), members, NOW_MS)
    expect(words(flushed)).toEqual(['firing grave critical, firing older high, firing known high, resolved ended high'])
    const [told] = flushed.told
    expect(told).toMatchObject({ sequence: 7, isRefresh: false, notification: { total: 4, ended: 1, path: '/alerts' } })
    expect(told?.alertIds).toEqual(['grave', 'older', 'known', 'ended'])
    expect(flushed.group).toMatchObject({ sequence: 8, dueAtMs: NOW_MS + 1 })
  })

  test('more than people read are counted', () => {
    const members = Array.from({ length: 1_000 }, (_, index) => aMember({ id: `a${index}` }))
    const { told } = flushGroup(aGroup(), members, NOW_MS)
    expect(told).toHaveLength(1)
    expect(told[0]?.notification).toMatchObject({ total: 1_000, ended: 0 })
    expect(told[0]?.notification.alerts).toHaveLength(50)
    expect(told[0]?.alertIds).toHaveLength(1_000)
  })

  test('programs get each by itself, an end before the next beginning of the same place', () => {
    const members = [aMember({ id: 'second', startedAtMs: NOW_MS }), aMember({ id: 'first', ...ENDED }, TOLD)]
    const flushed = flushGroup(aGroup({ mode: 'each' }), members, NOW_MS)
    expect(words(flushed)).toEqual(['resolved first high', 'firing second high'])
    expect(flushed.told.map(({ sequence }) => sequence)).toEqual([0, 1])
    const places = flushed.told.map(({ notification }) => notification.alerts[0].place)
    expect(places[0]).toBe(places[1])
    expect(flushed.told[0]?.notification.path).toBe('/alerts?alert=first')
  })

  test('who keeps a state gets what changed, and all of it when it is reminded, in parts', () => {
    const known = Array.from({ length: 700 }, (_, index) => aMember({ id: `a${index}` }, TOLD))
    const state = { mode: 'state', policy: { ...POLICY, repeatMs: MINUTE_MS } } as const
    const changed = flushGroup(aGroup({ ...state, toldAtMs: NOW_MS - 1 }), [...known, aMember({ id: 'new' })], NOW_MS)
    expect(words(changed)).toEqual(['firing new high'])
    const reminded = flushGroup(aGroup({ ...state, toldAtMs: NOW_MS - MINUTE_MS }), known, NOW_MS)
    expect(reminded.told.map(({ isRefresh, notification }) => [isRefresh, notification.alerts.length])).toEqual([
      [true, 500],
      [true, 200],
    ])
  })
})
