import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rulesOf } from '../../../lib/alerts/built-in-rules.ts'
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
  return loadConfig({}, folder).alerts
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

const WAITS = { forMs: 0, keepFiringForMs: 30_000, labels: {}, runbook: null, isBuiltIn: false }

describe('rules of alerts', () => {
  it('are the built-in ones where nothing is said', () => {
    const nothing = { tuned: {}, own: [], silences: [], routes: null, heartbeat: null }
    expect(load('')).toEqual(nothing)
    expect(load('alerts:')).toEqual(nothing)
  })

  it('are tuned, turned off, and added', () => {
    const { tuned, own } = load(`alerts:
  builtIn:
    group.lagSeconds: { raiseAbove: 900, clearBelow: 60, forSeconds: 60, severity: high, runbook: "https://wiki/lag" }
    broker.missing: { fromSeverity: info, keepFiringForSeconds: 0, labels: { pager: night } }
    broker.diskFullForecast: { raiseBelow: 12, clearAbove: 24 }
    broker.leaderImbalance: false
  rules:
    - { id: big-backlog, when: { series: lagMessages, labels: { topic: "pay.*" } }, raiseAbove: 1000000, clearBelow: 500000, forSeconds: 120, severity: high }
    - { id: few-copies, when: { series: isrSize }, raiseBelow: 2, severity: critical }
    - { id: any-unclean, when: { finding: topic.uncleanLeaderElection }, severity: warning }
    - { id: grave, when: { finding: group.stopped, fromSeverity: high, labels: { group: "pay*" } } }
  receivers: [{ id: chat, type: slack, url: "https://hooks.slack.com/services/T0/B0/x" }]
  routes: []
`)
    expect(tuned).toEqual({
      'group.lagSeconds': {
        raiseAt: 900,
        clearAt: 60,
        forMs: MINUTE_MS,
        severity: 'high',
        runbook: 'https://wiki/lag',
      },
      'broker.missing': { from: 'info', keepFiringForMs: 0, labels: { pager: 'night' } },
      'broker.diskFullForecast': { raiseAt: 12, clearAt: 24 },
      'broker.leaderImbalance': null,
    })
    const labels = { topic: 'pay.*' }
    expect(own).toEqual([
      {
        ...WAITS,
        code: 'big-backlog',
        severity: 'high',
        forMs: 2 * MINUTE_MS,
        when: { kind: 'series', series: 'lagMessages', labels, beyond: 'above', raiseAt: 1_000_000, clearAt: 500_000 },
      },
      {
        ...WAITS,
        code: 'few-copies',
        severity: 'critical',
        when: { kind: 'series', series: 'isrSize', labels: {}, beyond: 'below', raiseAt: 2, clearAt: null },
      },
      {
        ...WAITS,
        code: 'any-unclean',
        severity: 'warning',
        when: { kind: 'finding', finding: 'topic.uncleanLeaderElection', from: 'info', labels: {} },
      },
      {
        ...WAITS,
        code: 'grave',
        severity: null,
        when: { kind: 'finding', finding: 'group.stopped', from: 'high', labels: { group: 'pay*' } },
      },
    ])
    expect(rulesOf({ tuned, own }).some(({ code }) => code === 'broker.leaderImbalance')).toBe(false)
  })

  it('name the line of all that is wrong', () => {
    const faults = faultsOf(`alerts:
  builtIn:
    group.lag: false
    group.lagSeconds: { raiseBelow: 5, fromSeverity: high }
    dlq.depth: { clearBelow: 2000 }
    partition.offline: { raiseAbove: 1, forSeconds: -1, colour: red }
    partition.underMinIsr: { raiseAbove: 1 }
    broker.diskFullForecast: true
  rules:
    - { id: "no spaces", when: { finding: nothing } }
    - { id: group.stopped, when: { series: lagSeconds, labels: { logDir: "*" }, fromSeverity: high }, raiseAbove: 1, clearBelow: 2 }
    - { id: both, when: { finding: group.stopped, series: lagSeconds } }
    - { id: one, when: { finding: group.stopped, labels: { partition: "1" } }, raiseAbove: 1 }
    - { id: one, when: { series: lagSeconds }, severity: high }
    - { id: mixed, when: { series: lagSeconds }, raiseAbove: 1, clearAbove: 2, severity: high, runbook: "file:///etc" }
    - { id: polls, when: { series: failedPolls }, raiseAbove: 1, severity: high }
  surprise: 1
`)
    expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
      '3 alerts.builtIn.group.lag',
      '4 alerts.builtIn.group.lagSeconds.raiseBelow',
      '4 alerts.builtIn.group.lagSeconds.fromSeverity',
      '5 alerts.builtIn.dlq.depth.clearBelow',
      '6 alerts.builtIn.partition.offline.forSeconds',
      '6 alerts.builtIn.partition.offline.colour',
      '7 alerts.builtIn.partition.underMinIsr.raiseAbove',
      '8 alerts.builtIn.broker.diskFullForecast',
      '10 alerts.rules[0].id',
      '10 alerts.rules[0].when.finding',
      '11 alerts.rules[1].id',
      '11 alerts.rules[1].when.labels.logDir',
      '11 alerts.rules[1].when.fromSeverity',
      '11 alerts.rules[1].severity',
      '11 alerts.rules[1].clearBelow',
      '12 alerts.rules[2].when',
      '13 alerts.rules[3].when.labels.partition',
      '13 alerts.rules[3].raiseAbove',
      '14 alerts.rules[4].raiseAbove',
      '15 alerts.rules[5].runbook',
      '15 alerts.rules[5].clearAbove',
      '16 alerts.rules[6].when.series',
      '17 alerts.surprise',
    ])
    expect(faults).toContain(
      '5 alerts.builtIn.dlq.depth.clearBelow: must not lie beyond the mark that raises the alert',
    )
  })
})

it('an id of a rule is its own', () => {
  const rule = '{ id: stopped, when: { finding: group.stopped } }'
  expect(faultsOf(`alerts:\n  rules:\n    - ${rule}\n    - ${rule}\n`)).toEqual([
    '4 alerts.rules[1].id: is used by two rules',
  ])
})

describe('silences', () => {
  it('are patterns with a reason and an end', () => {
    const { silences } = load(`alerts:
  silences:
    - { reason: "load test", until: 2020-01-02 }
    - { code: "group.*", cluster: orders, subject: "scratch.*", severity: warning, reason: "moving", from: 2020-01-01, until: 2020-01-02T12:00:00+02:00 }
`)
    expect(silences).toEqual([
      {
        code: '*',
        cluster: '*',
        subject: '*',
        severity: null,
        reason: 'load test',
        fromAtMs: 0,
        untilAtMs: Date.UTC(2020, 0, 2),
      },
      {
        code: 'group.*',
        cluster: 'orders',
        subject: 'scratch.*',
        severity: 'warning',
        reason: 'moving',
        fromAtMs: Date.UTC(2020, 0, 1),
        untilAtMs: Date.UTC(2020, 0, 2, 10),
      },
    ])
  })

  it('name the line of what is wrong', () => {
    expect(
      faultsOf(`alerts:
  silences:
    - { reason: "x", until: 2020-01-02 }
    - { reason: "for ever", until: 2999-01-02 }
    - { reason: "turned round", from: 2020-01-03, until: 2020-01-02 }
    - { reason: "endless", severity: some }
`),
    ).toEqual([
      '3 alerts.silences[0].reason: Too small: expected string to have >=3 characters',
      '4 alerts.silences[1].until: must be at most one year ahead',
      '5 alerts.silences[2].until: The end must be after the start.',
      '6 alerts.silences[3].severity: Invalid option: expected one of "info"|"warning"|"high"|"critical"',
      '6 alerts.silences[3].until: must be a time such as 2026-12-31T18:00:00Z, or a day such as 2026-12-31',
    ])
  })
})
