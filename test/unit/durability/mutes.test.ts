import { describe, expect, it } from 'vitest'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import type { Loss } from '../../../lib/durability/losses/loss.ts'
import {
  isActive,
  isMutedNow,
  lossMuteFinder,
  type MutePattern,
  muteFinder,
  uselessCodePattern,
} from '../../../lib/durability/mutes.ts'
import type { Finding, Severity } from '../../../lib/durability/observation.ts'
import { verdictOf } from '../../../lib/durability/verdict.ts'
import { aLoss } from '../../builders/stored-losses.ts'

const NOW_MS = 1_000

function mute(over: Partial<MutePattern> = {}): MutePattern {
  return { id: 'm', code: '*', cluster: '*', subject: '*', untilAtMs: NOW_MS + 1, ...over }
}

function finding(code: FindingCode, name: string, over: Partial<Finding> = {}): Finding {
  return { code, severity: 'high', subject: { type: 'topic', name }, facts: {}, part: null, atMs: 0, ...over }
}

describe('a mute', () => {
  it.each<[string, Partial<MutePattern>, FindingCode, string, boolean]>([
    ['of everything', {}, 'topic.minIsrOne', 'orders', true],
    ['of a code', { code: 'topic.minIsrOne' }, 'topic.minIsrOne', 'orders', true],
    ['of another code', { code: 'topic.minIsrOne' }, 'topic.singleRack', 'orders', false],
    ['of a code that only begins alike', { code: 'topic.minIsr' }, 'topic.minIsrOne', 'orders', false],
    ['of codes', { code: 'topic.*' }, 'topic.singleRack', 'orders', true],
    ['of other codes', { code: 'topic.*' }, 'partition.offline', 'orders', false],
    ['of its cluster', { cluster: 'live' }, 'topic.minIsrOne', 'orders', true],
    ['of clusters', { cluster: 'l*e' }, 'topic.minIsrOne', 'orders', true],
    ['of another cluster', { cluster: 'liv' }, 'topic.minIsrOne', 'orders', false],
    ['of its subject', { subject: 'orders' }, 'topic.minIsrOne', 'orders', true],
    ['of subjects', { subject: 'ord?rs' }, 'topic.minIsrOne', 'orders', true],
    ['of another subject', { subject: 'orders' }, 'topic.minIsrOne', 'orders.eu', false],
    ['of a subject with a literal %', { subject: '%DLQ%*' }, 'topic.minIsrOne', '%DLQ%billing', true],
    ['of a %, which is no wildcard', { subject: '%DLQ%*' }, 'topic.minIsrOne', 'my-DLQ-billing', false],
    ['of any subject, at the cluster itself', {}, 'cluster.singleRack', '', true],
    ['of a subject, at the cluster itself', { subject: 'orders' }, 'cluster.singleRack', '', false],
    ['that ends in a moment', { untilAtMs: NOW_MS + 1 }, 'topic.minIsrOne', 'orders', true],
    ['that ends now', { untilAtMs: NOW_MS }, 'topic.minIsrOne', 'orders', false],
    ['of everything, of what was not read', {}, 'cluster.partlyUnknown', '', false],
    ['of its very code, of what was not read', { code: 'cluster.partlyUnknown' }, 'cluster.partlyUnknown', '', false],
    ['of its cluster’s codes, of a poll that failed', { code: 'cluster.*' }, 'cluster.pollFailed', '', false],
  ])('%s', (_, over, code, name, expected) => {
    const mutes = [mute(over)]
    expect(isMutedNow(mutes, 'live', NOW_MS)(finding(code, name))).toBe(expected)
    expect(muteFinder(mutes, 'live', NOW_MS)(finding(code, name))).toEqual(expected ? mutes : [])
  })

  it.each<[string, Partial<MutePattern>, Partial<Loss>, boolean]>([
    ['of everything', {}, {}, true],
    ['of its kind', { code: 'loss.retentionOverranGroup' }, {}, true],
    ['of another kind', { code: 'loss.logTruncated' }, {}, false],
    ['of findings of groups', { code: 'group.*' }, {}, false],
    ['of its cluster', { code: 'loss.*', cluster: 'live' }, {}, true],
    ['of another cluster', { code: 'loss.*', cluster: 'other' }, {}, false],
    ['of its group', { code: 'loss.*', subject: 'bill*' }, {}, true],
    ['of its topic', { code: 'loss.*', subject: 'orders' }, {}, true],
    ['of another topic', { code: 'loss.*', subject: 'orders.eu' }, {}, false],
    ['of its broker', { code: 'loss.*', subject: 'broker-a' }, { broker: 'broker-a' }, true],
    ['of everything, where it is of no topic, group or broker known', {}, { topic: null, group: null }, false],
    ['that ends now', { untilAtMs: NOW_MS }, {}, false],
  ])('%s hides a loss', (_, over, loss, expected) => {
    const mutes = [mute(over)]
    expect(lossMuteFinder(mutes, 'live', NOW_MS)(aLoss(loss))).toEqual(expected ? mutes : [])
  })

  it('is one of several: the one that lasts longest comes first', () => {
    const mutes = [
      mute({ id: 'short' }),
      mute({ id: 'long', untilAtMs: NOW_MS + 9 }),
      mute({ id: 'over', untilAtMs: 1 }),
    ]
    const found = muteFinder(mutes, 'live', NOW_MS)(finding('topic.minIsrOne', 'orders'))
    expect(found.map(({ id }) => id)).toEqual(['long', 'short'])
  })

  it('holds up to its end', () => {
    expect([NOW_MS - 1, NOW_MS, NOW_MS + 1].map((nowMs) => isActive({ untilAtMs: NOW_MS }, nowMs))).toEqual([
      ...[true, false, false],
    ])
  })
})

describe('a pattern of codes', () => {
  it.each([
    ['topic.minIsrOne', null],
    ['topic.*', null],
    ['*', null],
    ['cluster.*', null],
    ['cluster.p*', 'neverMuted'],
    ['cluster.pollFailed', 'neverMuted'],
    ['cluster.partly?nknown', 'neverMuted'],
    ['topic.minIsrone', 'unknownRule'],
    ['topics.*', 'unknownRule'],
    ['', 'unknownRule'],
  ])('%j: %s', (pattern, expected) => {
    expect(uselessCodePattern(pattern)).toBe(expected)
  })
})

describe('a verdict', () => {
  const verdictWith = (mutes: MutePattern[], findings: Finding[]): [string, string[]] => {
    const { level, reasons } = verdictOf(findings, isMutedNow(mutes, 'live', NOW_MS))
    return [level, reasons.map(({ code, subject }) => `${code} ${subject.name}`)]
  }
  const lost = finding('group.unreadDeleted', 'billing', {
    severity: 'critical',
    subject: { type: 'group', name: 'billing' },
  })
  const behind = finding('partition.underReplicated', 'orders', { severity: 'warning' })
  const unread = finding('cluster.partlyUnknown', '', {
    severity: 'info' as Severity,
    subject: { type: 'cluster', name: '' },
  })

  it.each<[string, MutePattern[], string, string[]]>([
    [
      'without mutes',
      [],
      'losing',
      ['group.unreadDeleted billing', 'partition.underReplicated orders', 'cluster.partlyUnknown '],
    ],
    [
      'its worst reason muted',
      [mute({ code: 'group.*' })],
      'watch',
      ['partition.underReplicated orders', 'cluster.partlyUnknown '],
    ],
    ['everything muted', [mute()], 'safe', ['cluster.partlyUnknown ']],
    [
      'a mute of elsewhere',
      [mute({ cluster: 'other', code: 'group.*' })],
      'losing',
      ['group.unreadDeleted billing', 'partition.underReplicated orders', 'cluster.partlyUnknown '],
    ],
  ])('%s', (_, mutes, level, reasons) => {
    expect(verdictWith(mutes, [behind, lost, unread])).toEqual([level, reasons])
  })

  it('sums only what is left', () => {
    const many = Array.from({ length: 6 }, (_, index) => finding('partition.atMinIsr', `t${index}`))
    expect(verdictWith([], many)[1]).toEqual(['partition.atMinIsr '])
    expect(verdictWith([mute({ subject: 't0' })], many)[1]).toHaveLength(5)
  })
})
