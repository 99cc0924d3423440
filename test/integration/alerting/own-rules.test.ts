/** Rules that people wrote, as they are stored: beside those of the file, and after an upgrade that cannot read them. */
import { expect, test } from 'vitest'
import { createOwnRules, type OwnRules } from '../../../lib/alerting/own-rules.ts'
import type { AlertRule } from '../../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import { alertRuleInput } from '../../../lib/config/alerts.ts'
import type { Database } from '../../../lib/db.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { onBothDatabases } from '../db/databases.ts'

const OF_FILE = aRuleOf('in-file')

function aRuleOf(id: string, raiseAbove = 100): AlertRule {
  const when = { series: 'lagMessages', labels: { topic: '订单\0*' } }
  return alertRuleInput.parse({ id, when, raiseAbove, severity: 'high', labels: { pager: 'night' } })
}

const rulesIn = (database: Database, now = () => NOW_MS, own: readonly AlertRule[] = [OF_FILE]): OwnRules =>
  createOwnRules(database, { tuned: { 'dlq.depth': null }, own }, now)
const codesOf = async (rules: OwnRules): Promise<string[]> => (await rules.list()).rules.map(({ rule }) => rule.code)

onBothDatabases('the store of own rules', ({ open }) => {
  test('gives back what people wrote, who wrote it and who changed it', async () => {
    let nowMs = NOW_MS
    const rules = rulesIn(await open(), () => nowMs)
    const written = { source: 'runtime', createdAtMs: NOW_MS, createdBy: 'ana', changedAtMs: null, changedBy: null }
    expect(await rules.add(aRuleOf('mine'), 'ana')).toEqual({ rule: aRuleOf('mine'), ...written })
    nowMs += 5
    const { rule, before } = await rules.replace(aRuleOf('mine', 200), 'bob')
    expect(rule).toEqual({ ...written, rule: aRuleOf('mine', 200), changedAtMs: NOW_MS + 5, changedBy: 'bob' })
    expect(alertRuleInput.parse(JSON.parse(before))).toEqual(aRuleOf('mine'))
    expect((await rules.list()).rules).toEqual([expect.objectContaining({ rule: OF_FILE, source: 'file' }), rule])
    expect(JSON.parse(await rules.remove('mine'))).toMatchObject({ id: 'mine', raiseAbove: 200 })
    expect(await codesOf(rules)).toEqual(['in-file'])
  })

  test('a change of what somebody else has changed meanwhile is refused, and what they wrote stays', async () => {
    let nowMs = NOW_MS
    const database = await open()
    const [rules, elsewhere] = [rulesIn(database, () => nowMs), rulesIn(database, () => nowMs)]
    await rules.add(aRuleOf('mine'), 'ana')
    nowMs += 5
    await elsewhere.replace(aRuleOf('mine', 200), 'bob', NOW_MS)
    const late = rules.replace(aRuleOf('mine', 300), 'cem', NOW_MS)
    await expect(late).rejects.toMatchObject({ code: 'alert_rule_changed', facts: { rule: 'mine', actor: 'bob' } })
    expect((await rules.list()).rules.at(-1)).toMatchObject({ rule: aRuleOf('mine', 200), changedBy: 'bob' })
    nowMs += 5
    await rules.replace(aRuleOf('mine', 300), 'cem', NOW_MS + 5)
    // Removed and written anew, it is another one.
    await rules.remove('mine')
    nowMs += 5
    await rules.add(aRuleOf('mine', 400), 'dee')
    const later = rules.replace(aRuleOf('mine', 500), 'cem', NOW_MS + 10)
    await expect(later).rejects.toMatchObject({ code: 'alert_rule_changed', facts: { actor: 'dee' } })
  })

  test('refuses what is there, is built in, stands in the file, is not there, and too many', async () => {
    const database = await open()
    const rules = rulesIn(database)
    await rules.add(aRuleOf('mine'), 'ana')
    const codeOf = async (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => 'done',
        ({ code, facts }: { code: string; facts: object }) => `${code} ${JSON.stringify(facts)}`,
      )
    const builtIn = BUILT_IN_RULES[0] as AlertRule
    expect(await codeOf(rules.add(aRuleOf('mine', 5), 'bob'))).toBe('alert_rule_exists {"rule":"mine"}')
    expect(await codeOf(rules.add(OF_FILE, 'bob'))).toBe('alert_rule_in_file {"rule":"in-file"}')
    expect(await codeOf(rules.replace(OF_FILE, 'bob'))).toBe('alert_rule_in_file {"rule":"in-file"}')
    expect(await codeOf(rules.remove('in-file'))).toBe('alert_rule_in_file {"rule":"in-file"}')
    expect(await codeOf(rules.add(builtIn, 'bob'))).toMatch(/^alert_rule_built_in/)
    expect(await codeOf(rules.remove(builtIn.code))).toMatch(/^alert_rule_built_in/)
    expect(await codeOf(rules.replace(aRuleOf('other'), 'bob'))).toBe('alert_rule_not_found {"rule":"other"}')
    expect(await codeOf(rules.remove('other'))).toBe('alert_rule_not_found {"rule":"other"}')
    const row = { definition: '{}', createdAtMs: 0n, createdBy: 'ana' }
    await database.client.ownAlertRule.createMany({
      data: Array.from({ length: 199 }, (_, index) => ({ ...row, code: `r-${index}` })),
    })
    expect(await codeOf(rules.add(aRuleOf('one-more'), 'ana'))).toBe('alert_rules_too_many {"most":200}')
    expect((await rules.list()).rules.map(({ rule }) => rule)).toEqual([OF_FILE, aRuleOf('mine')])
  })

  test('what an upgrade cannot read, or the file has as well, is told and not evaluated, and can be removed or written anew', async () => {
    const database = await open()
    const before = rulesIn(database, undefined, [])
    await before.add(OF_FILE, 'ana')
    await before.add(aRuleOf('mine'), 'ana')
    await before.add(aRuleOf('other'), 'ana')
    const spoil = (code: string, definition: string): Promise<unknown> =>
      database.client.ownAlertRule.update({ where: { code }, data: { definition } })
    await spoil('mine', '{"id":"mine","when":{"series":"aMetricOfLater"},"raiseAbove":1,"severity":"high"}')
    await spoil('other', 'no JSON')
    const rules = rulesIn(database)
    const { unusable } = await rules.list()
    expect(unusable.map(({ code, reason }) => [code, reason])).toEqual([
      ['in-file', 'inFile'],
      ['mine', 'unreadable'],
      ['other', 'unreadable'],
    ])
    expect(unusable[2]).toMatchObject({ definition: 'no JSON', createdBy: 'ana' })
    expect((await rules.holding()).filter(({ isBuiltIn }) => !isBuiltIn)).toEqual([OF_FILE])
    await rules.replace(aRuleOf('mine', 7), 'bob')
    await rules.remove('other')
    // What is stored goes; what stands in the file stays.
    await rules.remove('in-file')
    expect(await rules.list()).toMatchObject({
      unusable: [],
      rules: [{ source: 'file' }, { rule: aRuleOf('mine', 7) }],
    })
    await expect(rules.remove('in-file')).rejects.toMatchObject({ code: 'alert_rule_in_file' })
  })

  test('all that hold are one array until one changes, by whichever process', async () => {
    const database = await open()
    const [rules, elsewhere] = [rulesIn(database), rulesIn(database)]
    const first = await rules.holding()
    expect(first.some(({ code }) => code === 'dlq.depth')).toBe(false)
    expect(await rules.holding()).toBe(first)
    await elsewhere.add(aRuleOf('mine'), 'ana')
    const second = await rules.holding()
    expect(second.map(({ code }) => code)).toEqual([...first.map(({ code }) => code), 'mine'])
    expect(await rules.holding()).toBe(second)
    await elsewhere.replace(aRuleOf('mine', 5), 'ana')
    expect((await rules.holding()).at(-1)).toEqual(aRuleOf('mine', 5))
  })
})
