import { describe, expect, it } from 'vitest'
import type { Alert } from '../../../lib/alerts/alert.ts'
import { alertMuteFinder, type SilencePattern, silenceFinder } from '../../../lib/alerts/hidden.ts'
import type { MutePattern } from '../../../lib/durability/mutes.ts'
import { anAlert } from '../../builders/alerts.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const LOSS = anAlert({
  ...{ ruleCode: 'loss.logTruncated', basis: { kind: 'loss', code: 'logTruncated' } },
  facts: { topic: 'orders', group: 'billing', broker: '' },
})
const LAG = anAlert({
  ...{ ruleCode: 'group.lagSeconds', basis: { kind: 'series', code: 'groupLagSeconds' } },
  subject: { type: 'group', name: 'billing', part: null },
})
const BLIND = anAlert({ ruleCode: 'cluster.blind', basis: { kind: 'series', code: 'failedPolls' } })

describe('a mute', () => {
  it.each<[string, Partial<MutePattern>, Alert, boolean]>([
    ['of what is found', { code: 'partition.*' }, anAlert(), true],
    ['of another check', { code: 'topic.*' }, anAlert(), false],
    ['of what an own rule is about', { code: 'partition.offline' }, anAlert({ ruleCode: 'own' }), true],
    ['of another subject', { subject: 'payments' }, anAlert(), false],
    ['of another cluster', { cluster: 'other' }, anAlert(), false],
    ['of a loss', { code: 'loss.logTruncated' }, LOSS, true],
    ['of the group of a loss', { code: 'loss.*', subject: 'billing' }, LOSS, true],
    ['of another group', { code: 'loss.*', subject: 'audit' }, LOSS, false],
    ['of a number, by the code of its rule', { code: 'group.*' }, LAG, true],
    ['of everything, of a cluster that cannot be polled', {}, BLIND, false],
  ])('%s', (_, over, alert, expected) => {
    const mute = { id: 'm', code: '*', cluster: '*', subject: '*', untilAtMs: NOW_MS + 1, ...over }
    expect(alertMuteFinder([mute], 'c', NOW_MS)(alert)).toEqual(expected ? [mute] : [])
    expect(alertMuteFinder([mute], 'c', NOW_MS + 1)(alert)).toEqual([])
  })
})

describe('a silence', () => {
  it.each<[string, Partial<SilencePattern>, boolean]>([
    ['of everything', {}, true],
    ['of its rule', { code: 'partition.*' }, true],
    ['of another rule', { code: 'broker.*' }, false],
    ['of its cluster', { cluster: 'c' }, true],
    ['of another cluster', { cluster: 'd' }, false],
    ['of its subject', { subject: 'ord*' }, true],
    ['of another subject', { subject: 'pay*' }, false],
    ['of its severity', { severity: 'high' }, true],
    ['of another severity', { severity: 'critical' }, false],
    ['that begins now', { fromAtMs: NOW_MS }, true],
    ['that begins later', { fromAtMs: NOW_MS + 1 }, false],
    ['that ends now', { untilAtMs: NOW_MS }, false],
  ])('%s', (_, over, expected) => {
    const silence = {
      ...{ id: 's', code: '*', cluster: '*', subject: '*', severity: null },
      fromAtMs: 0,
      untilAtMs: NOW_MS + 9,
      ...over,
    }
    expect(silenceFinder([silence], NOW_MS)({ ...anAlert(), clusterId: 'c' })).toEqual(expected ? [silence] : [])
  })
})
