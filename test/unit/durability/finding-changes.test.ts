import { describe, expect, it } from 'vitest'
import type { FactKind, SubjectRef } from '../../../lib/cluster/snapshot.ts'
import { changesBetween } from '../../../lib/durability/finding-changes.ts'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import { identityOf } from '../../../lib/durability/judge.ts'
import type { Finding, Unjudged } from '../../../lib/durability/observation.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

type Lists = Parameters<typeof changesBetween>[3]

type Listed = 'topic' | 'broker' | 'group' | 'nameServer'

/** Which of the lists hold it; all hold another one, and all were read whole. */
function holding(...types: Listed[]): Lists {
  const names = (type: Listed): string[] => (types.includes(type) ? ['other', 'it'] : ['other'])
  const facts = (['metadata', 'groups', 'nameServers'] as const).map((kind) => ({ kind, faultCount: 0 }))
  return {
    facts,
    topicOf: (name) => (names('topic').includes(name) ? {} : undefined),
    brokers: names('broker').map((id) => ({ id })),
    groups: names('group').map((id) => ({ id })),
    nameServers: names('nameServer').map((address) => ({ address })),
  }
}

const failed = (kind: FactKind): Pick<Lists, 'facts'> => ({ facts: [{ kind, faultCount: 1 }] })

function endOf(subject: SubjectRef, lists: Lists, unjudged: readonly Unjudged[] = []): boolean | undefined {
  const finding: Finding = { code: CODE, severity: 'high', subject, facts: {}, part: null, atMs: NOW_MS }
  const { started, ended } = changesBetween(new Map([[identityOf(finding), finding]]), new Map(), unjudged, lists)
  expect([started, ended.map((one) => one.finding)]).toEqual([[], [finding]])
  return ended[0]?.isGone
}

const CODE: FindingCode = 'partition.underMinIsr'

describe.each([
  ['topic', 'metadata', 'groups'],
  ['broker', 'metadata', 'groups'],
  ['group', 'groups', 'metadata'],
  ['nameServer', 'nameServers', 'metadata'],
] as const)('what was found of a %s and is not found any more', (type, list, otherList) => {
  const it_: SubjectRef = { type, name: 'it' }
  const LISTED = holding(type)
  const UNLISTED = holding(...(['topic', 'broker', 'group', 'nameServer'] as const).filter((other) => other !== type))

  it('is over where it is there and could be looked at', () => {
    expect(endOf(it_, LISTED)).toBe(true)
    expect(endOf(it_, LISTED, [{ subject: { type, name: 'other' }, codes: [CODE] }])).toBe(true)
    expect(endOf(it_, LISTED, [{ subject: it_, codes: ['partition.offline'] }])).toBe(true)
    // That a part of the list failed says nothing of what is in it.
    expect(endOf(it_, { ...LISTED, ...failed(list) })).toBe(true)
  })

  it('may still hold where it is there and could not be looked at', () => {
    expect(endOf(it_, LISTED, [{ subject: it_, codes: ['partition.offline', CODE] }])).toBe(false)
    expect(endOf(it_, LISTED, [{ subject: { type: 'cluster', name: '' }, codes: [CODE] }])).toBe(false)
  })

  it('is over where it is not there any more, unless the list could not be read', () => {
    expect(endOf(it_, UNLISTED)).toBe(true)
    expect(endOf(it_, { ...UNLISTED, ...failed(otherList) })).toBe(true)
    expect(endOf(it_, { ...UNLISTED, ...failed(list) })).toBe(false)
  })
})
