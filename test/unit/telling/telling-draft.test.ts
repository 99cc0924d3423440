/** From changes of alerts and the state of groups to what is told to whom, and when. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { StoredAlert } from '../../../lib/alerting/alert-store.ts'
import type { Addressee } from '../../../lib/telling/addressees.ts'
import type { TellableAlert } from '../../../lib/telling/flush-group.ts'
import type { TellGroup, Telling } from '../../../lib/telling/telling.ts'
import { TellingDraft } from '../../../lib/telling/telling-draft.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { aTellable, ENDED, POLICY } from '../../builders/tellings.ts'

const AT_ONCE = { ...POLICY, waitMs: 0, intervalMs: 0 }
const CHAT: Addressee = {
  ...{ receiverId: 'chat', position: 0, cause: 'route', delayMs: 0, mode: 'together', key: 'all', policy: POLICY },
}
const PAGER: Addressee = { ...CHAT, receiverId: 'pager', mode: 'each', policy: AT_ONCE }
const BOSS: Addressee = { ...PAGER, receiverId: 'boss', cause: 'escalation', delayMs: 15 * MINUTE_MS }

/** What is stored, and what was told, as `SECONDS receiver: firing a, resolved b`. */
class Lab {
  readonly told: string[] = []
  readonly #alerts = new Map<string, TellableAlert>()
  #groups: TellGroup[] = []
  #tellings: Telling[] = []
  #ids = 0

  /** As the collector does with changes. */
  change(
    atMs: number,
    addressees: readonly Addressee[],
    id: string,
    over: Partial<StoredAlert> = {},
    isHidden = false,
  ): void {
    this.#alerts.set(id, aTellable({ id, ...over }, isHidden))
    const draft = this.#draft(atMs)
    // In each of its places an alert has a group of its own.
    draft.join(
      id,
      addressees.map((one) => (one.mode === 'each' ? { ...one, key: id } : one)),
    )
    draft.noteNews()
    draft.flush(({ mode }) => mode === 'each')
    this.#store(draft, atMs)
  }

  /** As the worker does at each second up to this one. */
  look(untilMs: number, fromMs = NOW_MS): void {
    for (let atMs = fromMs; atMs <= untilMs; atMs += SECOND_MS) {
      const draft = this.#draft(atMs)
      draft.flush(() => true)
      this.#store(draft, atMs)
    }
  }

  get tellings(): readonly Telling[] {
    return this.#tellings
  }

  #draft(atMs: number): TellingDraft {
    const known = { alerts: this.#alerts, tellings: this.#tellings, groups: this.#groups }
    return new TellingDraft(known, atMs, () => `g-${this.#ids++}`)
  }

  #store(draft: TellingDraft, atMs: number): void {
    const { groups, tellings, dropped, told } = draft.changes()
    const keyOf = (one: Telling): string => `${one.alertId} ${one.receiverId}`
    const gone = new Set([...tellings, ...dropped].map(keyOf))
    this.#tellings = [...this.#tellings.filter((one) => !gone.has(keyOf(one))), ...tellings]
    const changed = new Set(groups.map(({ id }) => id))
    this.#groups = [...this.#groups.filter(({ id }) => !changed.has(id)), ...groups]
    for (const { group, told: message } of told) {
      const alerts = message.notification.alerts.map(
        ({ id, endedAtMs }) => `${endedAtMs === null ? 'firing' : 'resolved'} ${id}`,
      )
      this.told.push(`${(atMs - NOW_MS) / SECOND_MS} ${group.receiverId}: ${alerts.join(', ')}`)
    }
  }
}

let lab: Lab
beforeEach(() => {
  lab = new Lab()
})
const at = (seconds: number): number => NOW_MS + seconds * SECOND_MS

describe('programs', () => {
  test('are told of each transition at once, and of no other', () => {
    lab.change(at(0), [PAGER], 'a')
    lab.change(at(1), [PAGER], 'a', { state: 'recovering' })
    lab.change(at(2), [PAGER], 'a')
    lab.change(at(3), [PAGER], 'b')
    lab.change(at(4), [PAGER], 'a', ENDED)
    lab.change(at(5), [PAGER], 'a', ENDED)
    lab.look(at(60))
    expect(lab.told).toEqual(['0 pager: firing a', '3 pager: firing b', '4 pager: resolved a'])
  })

  test('are told again of what nobody acknowledges', () => {
    lab.change(at(0), [{ ...PAGER, policy: { ...AT_ONCE, repeatMs: MINUTE_MS } }], 'a')
    lab.look(at(130))
    lab.change(at(131), [PAGER], 'a', { acknowledgedAtMs: at(131) })
    lab.look(at(600), at(131))
    expect(lab.told).toEqual(['0 pager: firing a', '60 pager: firing a', '120 pager: firing a'])
  })
})

describe('people', () => {
  test('are told together of what comes within the wait, and then at intervals', () => {
    lab.change(at(0), [CHAT], 'a')
    lab.change(at(5), [CHAT], 'b')
    lab.look(at(20))
    lab.change(at(21), [CHAT], 'c')
    lab.change(at(22), [CHAT], 'a', ENDED)
    lab.look(at(200), at(21))
    expect(lab.told).toEqual(['10 chat: firing a, firing b', '70 chat: firing c, firing b, resolved a'])
  })

  test('after a longer rest wait anew, so that what comes next comes together as well', () => {
    lab.change(at(0), [CHAT], 'a')
    lab.look(at(10))
    lab.change(at(1_000), [CHAT], 'b')
    lab.change(at(1_004), [CHAT], 'c')
    lab.look(at(1_100), at(1_000))
    expect(lab.told).toEqual(['10 chat: firing a', '1010 chat: firing b, firing c, firing a'])
  })

  test('hear nothing of what came and went within the wait', () => {
    lab.change(at(0), [CHAT], 'a')
    lab.change(at(5), [CHAT], 'a', ENDED)
    lab.look(at(100))
    expect(lab.told).toEqual([])
    expect(lab.tellings).toEqual([])
  })

  test('nor is anything kept of what was never told and has ended', () => {
    lab.change(at(0), [CHAT], 'a')
    lab.change(at(5), [CHAT], 'a', { state: 'recovering' })
    lab.look(at(20))
    lab.change(at(21), [CHAT], 'a', ENDED)
    expect([lab.told, lab.tellings]).toEqual([[], []])
  })

  test('do not wait for hours when the clock is set back', () => {
    lab.change(at(3_600), [CHAT], 'a')
    lab.look(at(3_610), at(3_600))
    lab.change(at(0), [CHAT], 'b')
    lab.look(at(100))
    expect(lab.told).toEqual(['3610 chat: firing a', '60 chat: firing b, firing a'])
  })

  test('hear of what came back after it looked as if it were over', () => {
    lab.change(at(0), [CHAT], 'a')
    lab.change(at(5), [CHAT], 'a', { state: 'recovering' })
    lab.look(at(20))
    lab.change(at(21), [CHAT], 'a')
    lab.look(at(100), at(21))
    expect(lab.told).toEqual(['31 chat: firing a'])
  })
})

describe('what is hidden', () => {
  test('is told when it is not any more and fires still', () => {
    lab.change(at(0), [CHAT, PAGER], 'a', {}, true)
    lab.look(at(50))
    expect([lab.told, lab.tellings]).toEqual([[], []])
    lab.change(at(51), [CHAT, PAGER], 'a')
    lab.look(at(100), at(51))
    expect(lab.told).toEqual(['51 pager: firing a', '61 chat: firing a'])
  })

  test('is repeated again afterwards, and at once if its turn has passed', () => {
    const repeated = [{ ...PAGER, policy: { ...AT_ONCE, repeatMs: MINUTE_MS } }]
    lab.change(at(0), repeated, 'a')
    lab.change(at(1), repeated, 'a', {}, true)
    lab.look(at(200))
    lab.change(at(201), repeated, 'a')
    lab.look(at(262), at(201))
    expect(lab.told).toEqual(['0 pager: firing a', '201 pager: firing a', '261 pager: firing a'])
  })
})

describe('an escalation', () => {
  test('is told when nobody acknowledged until then, and of the end, too', () => {
    lab.change(at(0), [PAGER, BOSS], 'a')
    lab.look(at(900))
    lab.change(at(901), [PAGER, BOSS], 'a', ENDED)
    expect(lab.told).toEqual([
      '0 pager: firing a',
      '900 boss: firing a',
      '901 pager: resolved a',
      '901 boss: resolved a',
    ])
  })

  test.each([
    ['somebody looks after it', { acknowledgedAtMs: at(5) }],
    ['it is over', ENDED],
  ])('is not told when %s', (_name, over) => {
    lab.change(at(0), [PAGER, BOSS], 'a')
    lab.change(at(5), [PAGER, BOSS], 'a', over)
    lab.look(at(2_000))
    expect(lab.told.filter((told) => told.includes('boss'))).toEqual([])
  })

  test('of people waits for each alert by itself', () => {
    const boss = { ...CHAT, receiverId: 'boss', cause: 'escalation', delayMs: 15 * MINUTE_MS } as const
    lab.change(at(0), [boss], 'a')
    lab.change(at(300), [boss], 'b')
    lab.look(at(1_300))
    expect(lab.told).toEqual(['900 boss: firing a', '1200 boss: firing b, firing a'])
  })

  test('is not waited for where somebody else cannot be told', () => {
    lab.change(at(0), [PAGER, BOSS], 'a')
    lab.change(at(60), [{ ...BOSS, cause: 'failover', delayMs: 0 }], 'a')
    lab.look(at(2_000), at(60))
    expect(lab.told).toEqual(['0 pager: firing a', '60 boss: firing a'])
  })
})

test('whoever is told by a new route is told of what fires already, and nobody twice', () => {
  lab.change(at(0), [PAGER], 'a')
  lab.change(at(HOUR_MS / SECOND_MS), [PAGER, CHAT], 'a')
  lab.look(at(3_700), at(3_600))
  expect(lab.told).toEqual(['0 pager: firing a', '3610 chat: firing a'])
})
