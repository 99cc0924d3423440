import { describe, expect, it } from 'vitest'
import type { FactKind, SubjectRef } from '../../../lib/cluster/snapshot.ts'
import { changesBetween } from '../../../lib/durability/finding-changes.ts'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import { identityOf } from '../../../lib/durability/judge.ts'
import type { Finding, Unjudged } from '../../../lib/durability/observation.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

type Lists = Parameters<typeof changesBetween>[3]

/** Each list holds the subject and another one. */
const LISTED: Lists = {
  facts: [],
  topicOf: (name) => (name === 'it' ? {} : undefined),
  brokers: [{ id: 'other' }, { id: 'it' }],
  groups: [{ id: 'other' }, { id: 'it' }],
  nameServers: [{ address: 'other' }, { address: 'it' }],
}
const UNLISTED: Lists = {
  facts: [],
  topicOf: () => undefined,
  brokers: [{ id: 'other' }],
  groups: [{ id: 'other' }],
  nameServers: [{ address: 'other' }],
}
const failed = (kind: FactKind): Pick<Lists, 'facts'> => ({
  facts: [{ kind, faultCount: 1 }],
})

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
