import { describe, expect, it } from 'vitest'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import { ALL_RULES } from '../../../../lib/durability/rules/all-rules.ts'
import { outcomeAfter } from '../../../builders/rule-cases.ts'
import { RULE_CASES } from './all-cases.ts'

const SEVERITIES = ['info', 'warning', 'high', 'critical']

describe.each(Object.entries(RULE_CASES))('%s', (code, cases) => {
  it.each(cases)('%s', (_, polls, expected) => {
    const outcome = outcomeAfter(code as FindingCode, polls)
    if (expected === 'unknown' || outcome === 'unknown') expect(outcome).toBe(expected)
    else {
      expect(outcome).toMatchObject(expected)
      expect(outcome).toHaveLength(expected.length)
    }
  })

  it('finds at the subjects that it says to be about', () => {
    const rule = ALL_RULES.find((one) => one.code === code)
    const outcomes = cases.map(([, polls]) => outcomeAfter(code as FindingCode, polls))
    const types = outcomes.flatMap((hits) => (hits === 'unknown' ? [] : hits.map(({ subject }) => subject.type)))
    expect(new Set(types)).toEqual(new Set([rule?.about ?? rule?.scope]))
  })

  it('names the gravest severity that it gives', () => {
    const given = cases.flatMap(([, , expected]) => (expected === 'unknown' ? [] : expected.map((hit) => hit.severity)))
    const gravest = Math.max(...given.map((severity) => SEVERITIES.indexOf(severity)))
    const rule = ALL_RULES.find((one) => one.code === code)
    expect(rule?.severity).toBe(SEVERITIES[gravest])
  })
})

const CODES = [...new Set(ALL_RULES.map(({ code }) => code))]
/** Why a rule cannot give one of the three answers. */
const NEVER: Partial<Record<FindingCode, readonly ('miss' | 'unknown')[]>> = {
  // What is not known is what it tells.
  'cluster.partlyUnknown': ['unknown'],
  'cluster.clientSettingsUnknown': ['miss', 'unknown'],
  'broker.unreachable': ['unknown'],
  'nameServer.unreachable': ['unknown'],
  // Brokers always tell whether they have a rack; of a group its type is known with its name.
  'cluster.singleRack': ['unknown'],
}

describe('every rule has a case of', () => {
  const answersOf = (code: FindingCode): Set<string> =>
    new Set(
      RULE_CASES[code]?.map(([, , expected]) =>
        expected === 'unknown' ? 'unknown' : expected.length > 0 ? 'hit' : 'miss',
      ),
    )

  it.each(['hit', 'miss', 'unknown'] as const)('%s', (answer) => {
    const isMeant = (code: FindingCode): boolean => answer !== 'hit' && NEVER[code]?.includes(answer) === true
    expect(CODES.filter((code) => !answersOf(code).has(answer) && !isMeant(code))).toEqual([])
    expect(CODES.filter((code) => answersOf(code).has(answer) && isMeant(code))).toEqual([])
  })

  it('and there are cases of nothing else', () => {
    expect(Object.keys(RULE_CASES).filter((code) => !CODES.includes(code as FindingCode))).toEqual([])
  })
})
