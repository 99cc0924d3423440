import { describe, expect, it } from 'vitest'
import { FINDING_CODES, type FindingCode } from '../../../lib/durability/finding-codes.ts'
import { KAFKA_RUNBOOKS } from '../../../lib/durability/runbooks/kafka-runbooks.ts'
import { verdictOf } from '../../../lib/durability/verdict.ts'
import { LOCALES } from '../../../lib/i18n/locale.ts'
import { messagesOf } from '../../../lib/i18n/messages.ts'
import { translate } from '../../../lib/i18n/translate.ts'
import type { PlacedHit } from '../../builders/rule-cases.ts'
import { hitsOf, RULE_CASES } from './rules/all-cases.ts'

const SYSTEMS = ['kafka', 'rocketmq'] as const
const HITS: [FindingCode, PlacedHit[]][] = (Object.keys(RULE_CASES) as FindingCode[]).map((code) => [
  code,
  hitsOf(code),
])

function expectWhole(words: string, key: string): void {
  expect(words).not.toBe(key)
  expect(words.length).toBeGreaterThan(3)
  expect(words).not.toMatch(/[{}]|undefined|NaN|\(\)|（）/)
}

describe.each(LOCALES)('in %s', (locale) => {
  it('there are words for every code, and for no other', () => {
    const groups = Object.entries(messagesOf(locale).findings)
    const codes = groups.flatMap(([group, ofGroup]) => Object.keys(ofGroup).map((name) => `${group}.${name}`))
    expect(codes.sort()).toEqual([...FINDING_CODES].sort())
  })

  it.each(FINDING_CODES)('%s says what is so, why it matters and what to do', (code) => {
    for (const system of SYSTEMS) {
      for (const part of ['title', 'why', 'fix']) {
        const key = `${code}.${part}`
        expectWhole(translate(locale, 'findings', key, {}, system), key)
      }
    }
  })

  it.each(HITS)('%s is told in one line, wherever it was found', (code, hits) => {
    for (const system of SYSTEMS) {
      for (const { subject, facts } of hits) {
        const key = `${code}.${subject.type}`
        expectWhole(translate(locale, 'reasons', key, facts, system), key)
      }
    }
  })

  it.each(HITS)('%s is told in one line of many', (code, hits) => {
    for (const hit of hits) {
      const many = Array.from({ length: 6 }, (_, index) => {
        const subject = { ...hit.subject, name: `n${index}` }
        return { ...hit, code, subject, severity: 'high' as const, atMs: 0 }
      })
      const [reason] = verdictOf(many).reasons
      const key = `${code}.${reason?.subject.type}`
      expectWhole(translate(locale, 'reasons', key, reason?.facts), key)
    }
  })

  it.each(HITS)('every step of %s has words', (code, hits) => {
    const steps = hits.flatMap(
      ({ subject, facts }) => KAFKA_RUNBOOKS[code]?.({ address: 'h:1', finding: { code, subject, facts } }) ?? [],
    )
    for (const { key } of steps) {
      const path = `${code}.steps.${key}`
      expectWhole(translate(locale, 'findings', path), path)
    }
  })
})
