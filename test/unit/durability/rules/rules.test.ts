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

  it('names the gravest severity that it gives', () => {
    const given = cases.flatMap(([, , expected]) => (expected === 'unknown' ? [] : expected.map((hit) => hit.severity)))
    const gravest = Math.max(...given.map((severity) => SEVERITIES.indexOf(severity)))
    const rule = ALL_RULES.find((one) => one.code === code)
    expect(rule?.severity).toBe(SEVERITIES[gravest])
  })
})

it('every rule of Kafka and of both systems has cases', () => {
  const without = ALL_RULES.filter(({ system, code }) => system !== 'rocketmq' && RULE_CASES[code] === undefined)
  expect(without.map(({ code }) => code)).toEqual([])
})
