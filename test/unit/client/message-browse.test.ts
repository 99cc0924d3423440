import { describe, expect, test } from 'vitest'
import type { MessageAnswer } from '../../../lib/api/schemas/messages.ts'
import { addToTail, browseParams, FIRST_VIEW, placeOfText, TAIL_ROWS } from '../../../lib/client/message-browse.ts'
import { draftBytes, EMPTY_DRAFT, produceBody } from '../../../lib/client/message-draft.ts'

function message(offset: number, partition = 0): MessageAnswer {
  return {
    ...{ partition, broker: null, offset, timestamp: null, key: null, value: null },
    ...{ headers: [], headerCount: 0, sizeBytes: 0, rocketmq: null },
  }
}

describe('a tail', () => {
  test('shows the newest first, and no message twice', () => {
    const rows = addToTail(addToTail([], [message(1), message(2)]), [message(2), message(3)])
    expect(rows.map(({ offset }) => offset)).toEqual([3, 2, 1])
  })

  test('keeps apart the same offset of two partitions', () => {
    expect(addToTail([message(1, 0)], [message(1, 1)])).toHaveLength(2)
  })

  test('lets the oldest go', () => {
    const many = Array.from({ length: TAIL_ROWS + 5 }, (_, offset) => message(offset))
    const rows = addToTail([], many)
    expect([rows.length, rows[0]?.offset, rows.at(-1)?.offset]).toEqual([TAIL_ROWS, TAIL_ROWS + 4, 5])
  })

  test('stays the same list when nothing arrived, so that nothing is drawn anew', () => {
    const rows = [message(1)]
    expect(addToTail(rows, [])).toBe(rows)
    expect(addToTail(rows, [message(1)])).toBe(rows)
  })
})

test('a partition is named as on its system', () => {
  expect(placeOfText('3')).toEqual({ partition: 3, broker: null })
  expect(placeOfText('broker-a:3')).toEqual({ partition: 3, broker: 'broker-a' })
  expect(placeOfText('')).toBeNull()
  expect(placeOfText('x')).toBeNull()
})

test('a read that goes on asks from where it stopped, not from its beginning', () => {
  const view = { ...FIRST_VIEW, start: 'earliest' as const, q: 'x' }
  expect(browseParams(view, null)).toMatchObject({ position: 'earliest', q: 'x' })
  const on = browseParams(view, [{ partition: 1, broker: null, offset: 7 }])
  expect(on).not.toHaveProperty('position')
})

describe('a test message', () => {
  test('has a key or value only where one is meant', () => {
    expect(produceBody({ ...EMPTY_DRAFT, key: 'typed', value: 'v' })).toEqual({ key: null, value: 'v', headers: [] })
    const tombstone = { ...EMPTY_DRAFT, hasKey: true, value: 'v', isTombstone: true, partition: 'b:1' }
    expect(produceBody(tombstone)).toEqual({ partition: 1, broker: 'b', key: '', value: null, headers: [] })
  })

  test('is measured in bytes', () => {
    expect(draftBytes({ ...EMPTY_DRAFT, value: '键', headers: [{ key: 'a', value: 'b' }] })).toBe(5)
  })
})
