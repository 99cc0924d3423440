import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROUTE_DEFAULTS } from '../../../lib/alerts/route.ts'
import { ConfigError } from '../../../lib/config/config-fault.ts'
import { loadConfig } from '../../../lib/config.ts'
import { MINUTE_MS } from '../../../lib/units.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function load(yaml: string) {
  writeFileSync(join(folder, 'holdfast.yaml'), yaml)
  return loadConfig({}, folder)
}

function faultsOf(yaml: string): string[] {
  try {
    load(yaml)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ line, path, reason }) => `${line} ${path}: ${reason}`)
    throw error
  }
  return []
}

test('a route says who is told of what, and what it does not say is usual', () => {
  const { routes } = load(`alerts:
  routes:
    - receivers: [oncall]
    - match: { severity: [critical, high], code: "partition.*", team: payments }
      receivers: [chat, ding]
      groupBy: [team]
      groupWaitSeconds: 0
      groupIntervalSeconds: 120
      repeatSeconds: null
      escalateAfterSeconds: 900
      escalateTo: [boss]
      failover: mail
      failoverAfterSeconds: 60
      muteSchedules:
        - { days: [fri], from: "22:30", to: "06:00", timeZone: Europe/Berlin }
        - { from: "00:00", to: "24:00" }
      continue: true
`).alerts
  expect(routes?.[0]).toEqual({ ...ROUTE_DEFAULTS, match: {}, receivers: ['oncall'] })
  expect(routes?.[1]).toEqual({
    match: { severity: ['critical', 'high'], code: ['partition.*'], team: ['payments'] },
    ...{ receivers: ['chat', 'ding'], groupBy: ['team'], groupWaitMs: 0, groupIntervalMs: 2 * MINUTE_MS },
    ...{ repeatMs: null, escalateAfterMs: 15 * MINUTE_MS, escalateTo: ['boss'] },
    ...{ failover: 'mail', failoverAfterMs: MINUTE_MS, goesOn: true },
    muteTimes: [
      { days: ['fri'], fromMinute: 22 * 60 + 30, toMinute: 6 * 60, timeZone: 'Europe/Berlin' },
      {
        ...{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], fromMinute: 0, toMinute: 24 * 60 },
        timeZone: 'UTC',
      },
    ],
  })
  expect(load('alerts: { routes: [] }').alerts.routes).toEqual([])
  expect(load('alerts: { receivers: [] }').alerts.routes).toBe(null)
})

test('what is wrong with routes is told where it stands, all at once', () => {
  const required = 'is required: escalateAfterSeconds and escalateTo go together'
  expect(
    faultsOf(`alerts:
  routes:
    - { match: { severity: grave, colour: red }, receivers: [] }
    - { receivers: [a], groupBy: [colour], groupWaitSeconds: -1, repeatSeconds: 1, escalateTo: [b], failover: a }
    - { receivers: [a], escalateAfterSeconds: 5 }
    - receivers: [a]
      muteSchedules:
        - { days: [monday], from: "8:00", to: "25:00", timeZone: Moon/Base }
        - { from: "08:00", to: "08:00" }
    - { receivers: [a], match: { topic: 5 }, tell: nobody }
  heartbeat: { url: "ftp://x", everySeconds: 1 }
`),
  ).toEqual([
    '3 alerts.routes[0].match.severity: matches no severity: info, warning, high or critical',
    '3 alerts.routes[0].match.colour: is not a known setting',
    expect.stringMatching(/^3 alerts\.routes\[0\]\.receivers: /),
    expect.stringMatching(/^4 alerts\.routes\[1\]\.groupBy\[0\]: /),
    expect.stringMatching(/^4 alerts\.routes\[1\]\.groupWaitSeconds: /),
    expect.stringMatching(/^4 alerts\.routes\[1\]\.repeatSeconds: /),
    `5 alerts.routes[2].escalateTo: ${required}`,
    expect.stringMatching(/^8 alerts\.routes\[3\]\.muteSchedules\[0\]\.days\[0\]: /),
    '8 alerts.routes[3].muteSchedules[0].from: must be a time of day such as "22:30"; the end of a day is "24:00"',
    '8 alerts.routes[3].muteSchedules[0].to: must be a time of day such as "22:30"; the end of a day is "24:00"',
    '8 alerts.routes[3].muteSchedules[0].timeZone: is no time zone such as Asia/Shanghai or UTC',
    '9 alerts.routes[3].muteSchedules[1].to: must not be the time at which it begins; a whole day is from "00:00" to "24:00"',
    '10 alerts.routes[4].match.topic: must be a pattern or a list of patterns, such as "pay.*" or [critical, high]',
    '10 alerts.routes[4].tell: is not a known setting',
    '11 alerts.heartbeat.url: must be an http or https address without user name and password',
    expect.stringMatching(/^11 alerts\.heartbeat\.everySeconds: /),
  ])
  expect(
    faultsOf(`alerts:
  routes:
    - { receivers: [a], escalateTo: [b] }
    - { receivers: [a], failover: a }
`),
  ).toEqual([
    `3 alerts.routes[0].escalateAfterSeconds: ${required}`,
    '4 alerts.routes[1].failover: is the only receiver of this route: name another one',
  ])
})

test('a heartbeat is sent each minute where nothing else is said', () => {
  const { heartbeat } = load('alerts: { heartbeat: { url: "https://watchdog.example/ping/0123-4567" } }').alerts
  expect(heartbeat).toEqual({ url: 'https://watchdog.example/ping/0123-4567', everyMs: MINUTE_MS })
})
