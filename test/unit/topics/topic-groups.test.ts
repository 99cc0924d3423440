import { expect, test } from 'vitest'
import { hrefOfTab } from '../../../components/topics/href-of-tab.ts'
import { kafkaCommand } from '../../../components/topics/repair-command.ts'
import { topicGroupsView } from '../../../components/topics/topic-groups-view.ts'

test('the groups of a topic are asked for by its whole name, beside what the reader filters by', () => {
  expect(topicGroupsView('orders', { q: 'state:stalled', sort: '-lagSeconds' })).toEqual({
    q: 'topic="orders" state:stalled',
    sort: '-lagSeconds',
  })
  expect(topicGroupsView('a/b c', { q: '', sort: '' }).q).toBe('topic="a/b c"')
})

test('another tab keeps the range and drops the filter of the table that is left', () => {
  const search = new URLSearchParams('tab=partitions&q=leader:2&range=24h')
  expect(hrefOfTab('/t', search, 'history', 'durability')).toBe('/t?tab=history&range=24h')
  expect(hrefOfTab('/t', new URLSearchParams('tab=history'), 'durability', 'durability')).toBe('/t')
})

test('a command keeps a strange name one word of the shell', () => {
  expect(kafkaCommand('offline', "it's; rm -rf")).toContain(`--topic 'it'\\''s; rm -rf' --unavailable-partitions`)
  expect(kafkaCommand('offline', 'orders-2.v1')).toContain('--topic orders-2.v1 ')
  expect(kafkaCommand('healthy', 'orders')).toBeNull()
})
