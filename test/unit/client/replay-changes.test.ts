import { describe, expect, it } from 'vitest'
import { transformSteps } from '../../../lib/api/schemas/dead-letters.ts'
import {
  CHANGE_KINDS,
  type ChangeDraft,
  type ChangeFault,
  changeFault,
  firstDraft,
  toSteps,
} from '../../../lib/client/replay-changes.ts'

const draft = (change: Partial<ChangeDraft>): ChangeDraft => ({ ...firstDraft(1), ...change })

describe('a change', () => {
  it.each<[Partial<ChangeDraft>, ChangeFault | null]>([
    [{}, 'path'],
    [{ place: '$.a', text: '' }, 'json'],
    [{ place: '$.a', text: 'DE' }, 'json'],
    [{ place: '$.a', text: '"DE"' }, null],
    [{ place: '$.a[0].b', text: 'null' }, null],
    [{ place: '$', text: '{}' }, null],
    [{ place: '$["a b"]', text: '1' }, null],
    [{ place: 'a', text: '1' }, 'path'],
    [{ kind: 'removeValue', place: '$', text: '' }, 'path'],
    [{ kind: 'removeValue', place: '$.a', text: 'left over' }, null],
    [{ kind: 'setHeader', place: '', text: 'x' }, 'name'],
    [{ kind: 'setHeader', place: 'x', text: '' }, null],
    [{ kind: 'removeHeader', place: 'x', text: '' }, null],
  ])('%j: %s', (change, fault) => {
    expect(changeFault(draft(change))).toBe(fault)
  })

  it('of every kind is one that the API takes', () => {
    const drafts = CHANGE_KINDS.map((kind, id) =>
      draft({ id, kind, place: kind.endsWith('Value') ? '$.a' : 'a', text: '1' }),
    )
    expect(transformSteps.parse(toSteps(drafts))).toEqual([
      { kind: 'setValue', path: '$.a', json: '1' },
      { kind: 'removeValue', path: '$.a' },
      { kind: 'setHeader', name: 'a', value: '1' },
      { kind: 'removeHeader', name: 'a' },
    ])
  })
})
