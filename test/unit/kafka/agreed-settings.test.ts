import { expect, test } from 'vitest'
import { type FaultCode, fault } from '../../../lib/cluster/fault.ts'
import type { Outcome } from '../../../lib/cluster/outcome.ts'
import { agreedSettings, type RawSettings } from '../../../lib/kafka/agreed-settings.ts'

const OF_TOPIC = 1
const DEFAULT = 5
const NAME = 'retention.ms'

function said(value: string, configSource: number): Outcome<RawSettings> {
  return { value: new Map([[NAME, { value, configSource }]]), fault: null }
}

const silent = (code: FaultCode): Outcome<RawSettings> => ({ value: null, fault: fault(code) })

test.each<[string, Outcome<RawSettings>[], string | null, string[]]>([
  ['one value of the topic', [said('9', OF_TOPIC), said('9', OF_TOPIC)], '9', ['9']],
  ['one default', [said('9', DEFAULT), said('9', DEFAULT)], null, ['9']],
  ['defaults that differ', [said('9', DEFAULT), said('-1', 4)], null, ['9', '-1']],
  ['who answers, without who does not', [silent('requestTimeout'), said('9', OF_TOPIC)], '9', ['9']],
  ['a name that nobody knows', [{ value: new Map(), fault: null }], null, []],
])('%s', (_, answers, override, effective) => {
  const expected = [{ name: NAME, override, effective }]
  expect(agreedSettings('orders', [NAME], answers)).toEqual({ value: expected, fault: null })
})

test.each<[string, Outcome<RawSettings>[], FaultCode]>([
  ['two values of the topic', [said('9', OF_TOPIC), said('8', OF_TOPIC)], 'settingsDisagree'],
  ['a value and none', [said('9', OF_TOPIC), said('9', DEFAULT)], 'settingsDisagree'],
  ['a right that is missing', [said('9', OF_TOPIC), silent('authorizationFailed')], 'authorizationFailed'],
  ['silence', [silent('requestTimeout'), silent('connectionRefused')], 'requestTimeout'],
  ['nobody', [], 'leaderNotAvailable'],
])('%s is no answer', (_, answers, code) => {
  expect(agreedSettings('orders', [NAME], answers).fault?.code).toBe(code)
})
