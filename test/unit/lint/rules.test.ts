import { describe, expect, test } from 'vitest'
import { FINDING_CODES, type FindingCode } from '../../../lib/lint/finding-codes.ts'
import { findingOf, type LintCase, lint } from './lint.ts'
import {
  CONSUMER_CASES,
  PRODUCER_CASES,
  ROCKETMQ_CASES,
  type RuleCases,
  TEXT_CASES,
  TOPIC_CASES,
} from './rule-cases.ts'

const GROUPS = { PRODUCER_CASES, CONSUMER_CASES, TOPIC_CASES, ROCKETMQ_CASES, TEXT_CASES }

const rowsOf = (kind: keyof RuleCases) => (cases: Partial<Record<FindingCode, RuleCases>>) =>
  Object.entries(cases).flatMap(([code, all]) =>
    (all[kind] ?? []).map((one) => [code, one.client, one.version ?? '', one.text ?? '', one] as const),
  )

describe.each(Object.entries(GROUPS))('%s', (_name, cases) => {
  test.each(rowsOf('hits')(cases))('%s is found: %s %s %j', (code, _client, _version, _text, one) => {
    expect(lint(one).findings.map((finding) => finding.code)).toContain(code)
  })

  test.each(rowsOf('misses')(cases))('%s is not found: %s %s %j', (code, _client, _version, _text, one) => {
    expect(findingOf(lint(one), code)).toBeUndefined()
  })

  const unknown = rowsOf('unknown')(cases)
  if (unknown.length > 0) {
    test.each(unknown)('%s is not known, which is not safe: %s %s %j', (code, _client, _version, _text, one) => {
      const result = lint(one)
      expect(findingOf(result, code)).toBeUndefined()
      expect(result.findings.some(({ isUnknown }) => isUnknown)).toBe(true)
      expect(result.verdict).not.toBe('safe')
    })
  }
})

test('every finding there is has its cases', () => {
  const tried = Object.values(GROUPS).flatMap((cases) => Object.keys(cases))
  expect(tried.sort()).toEqual([...FINDING_CODES].sort())
})

describe('the verdict', () => {
  const SAFE_CONSUMER = 'enable.auto.commit=false\nauto.offset.reset=earliest'
  test.each<[string, LintCase, string]>([
    ['nothing is wrong', { client: 'javaProducer', version: '3.9' }, 'safe'],
    ['warnings alone lose nothing', { client: 'javaConsumer', text: SAFE_CONSUMER }, 'safe'],
    ['a high finding', { client: 'javaConsumer' }, 'atRisk'],
    ['a critical finding', { client: 'javaProducer', text: 'acks=0' }, 'loses'],
    ['something unknown, and nothing worse', { client: 'javaProducer' }, 'unknown'],
    ['something unknown beside a high finding', { client: 'javaProducer', text: 'acks=1' }, 'atRisk'],
    ['a line that cannot be read', { client: 'javaProducer', version: '3.9', text: 'acks=all\n???' }, 'unknown'],
  ])('%s', (_name, one, verdict) => {
    expect(lint(one).verdict).toBe(verdict)
  })

  test('the worst stands first', () => {
    const severities = lint({ client: 'javaProducer', text: 'acks=0\nretries=3\nbla' }).findings.map(
      (one) => one.severity,
    )
    const order = ['critical', 'high', 'warning', 'info']
    expect(severities).toEqual([...severities].sort((one, other) => order.indexOf(one) - order.indexOf(other)))
    expect(severities[0]).toBe('critical')
  })
})

test('a finding tells its place, what stands there and what the client goes by', () => {
  expect(
    findingOf(lint({ client: 'javaProducer', version: '3.9', text: '# a\n\nacks = 1 \n' }), 'acksLeader'),
  ).toMatchObject({
    ...{ setting: 'acks', value: '1', effective: '1', line: 3, severity: 'high' },
  })
  expect(findingOf(lint({ client: 'javaProducer', version: '2.8' }), 'acksLeader')).toMatchObject({
    ...{ setting: 'acks', value: null, effective: '1', line: null },
  })
})

test('of the calls of kafkajs the worst is told', () => {
  const text = 'send({ acks: -1 })\nsend({ acks: 0 })\nsend({ acks: 1 })\n'
  expect(findingOf(lint({ client: 'kafkajs', text }), 'acksNone')).toMatchObject({ line: 2 })
})

test('nothing of the text but judged settings is in a finding', () => {
  const secret = 's3cret-91'
  const text = `acks=1\nsasl.jaas.config=x required password="${secret}";\n${secret}\nssl.key.password=${secret}\n`
  for (const client of ['javaProducer', 'springBoot', 'kafkajs', 'librdkafka', 'rocketmqProducer'] as const) {
    const { findings, effective } = lint({ client, text })
    expect(JSON.stringify([findings, effective])).not.toContain(secret)
  }
})
