import { expect, test } from 'vitest'
import { createSecretBox } from '../../../lib/auth/secret-box.ts'
import type { Database } from '../../../lib/db.ts'
import { createLogger } from '../../../lib/log.ts'
import { createReceivers, type Receivers, type ReceiversOptions } from '../../../lib/registry/receivers.ts'
import { aReceiver } from '../../builders/notifications.ts'
import { onBothDatabases } from '../db/databases.ts'

const NOW_MS = Date.UTC(2026, 0, 5)

onBothDatabases('receivers', ({ open }) => {
  const storeOf = (opened: Database, over: Partial<ReceiversOptions> = {}): Receivers =>
    createReceivers(opened, {
      ...{ fileReceivers: [aReceiver('slack')], box: createSecretBox('one secret'), now: () => NOW_MS },
      onUnreadable: (id) => {
        throw new Error(`${id} cannot be read`)
      },
      ...over,
    })

  test('are given back as they were added, by every process, and stored encrypted', async () => {
    const opened = await open()
    const added = await storeOf(opened).add(aReceiver('webhook'), 'ana')
    expect(await storeOf(opened).list()).toEqual([
      { receiver: aReceiver('slack'), source: 'file', createdAtMs: null, createdBy: null },
      { receiver: aReceiver('webhook'), source: 'runtime', createdAtMs: NOW_MS, createdBy: 'ana' },
    ])
    expect(await storeOf(opened).get('my-webhook')).toEqual(added)
    const [row] = await opened.client.configuredReceiver.findMany()
    expect(JSON.stringify({ ...row, createdAtMs: 0 })).not.toMatch(/MARKER|whsec|example\.org/)
  })

  test('that another secret encrypted are left out and told once', async () => {
    const opened = await open()
    await storeOf(opened).add(aReceiver('webhook'), 'ana')
    const unreadable: string[] = []
    const onUnreadable = (id: string): void => void unreadable.push(id)
    const store = storeOf(opened, { box: createSecretBox('another secret'), onUnreadable })
    for (let index = 0; index < 2; index += 1) expect(await store.list()).toHaveLength(1)
    expect(unreadable).toEqual(['my-webhook'])
  })

  test('that another secret encrypted are told apart from those that are gone, can be removed, and added anew', async () => {
    const opened = await open()
    await storeOf(opened).add(aReceiver('webhook'), 'ana')
    await storeOf(opened).add(aReceiver('teams'), 'ana')
    const store = storeOf(opened, { box: createSecretBox('another secret'), onUnreadable: () => undefined })
    expect(await store.find('my-webhook')).toBe('unreadable')
    expect(await store.find('nobody')).toBe(null)
    expect(await store.find('my-slack')).toEqual(aReceiver('slack'))
    expect(await store.remove('my-teams')).toBe(null)
    expect(await store.find('my-teams')).toBe(null)
    await expect(store.remove('my-teams')).rejects.toMatchObject({ code: 'receiver_not_found' })
    await store.add(aReceiver('webhook', { language: 'zh-CN' }), 'ben')
    expect(await store.get('my-webhook')).toMatchObject({ receiver: { language: 'zh-CN' }, createdBy: 'ben' })
    await expect(store.add(aReceiver('webhook'), 'ben')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('are cut out of the log of every process that reads them', async () => {
    const opened = await open()
    await storeOf(opened).add(
      aReceiver('feishu', { secret: 'stored-long-ago', url: 'https://open.feishu.cn/hook/stored-long-ago-too' }),
      'ana',
    )
    await storeOf(opened).list()
    const lines: string[] = []
    const log = createLogger({ logLevel: 'info' }, [], { write: (line) => void lines.push(line) })
    log.info({ at: 'https://open.feishu.cn/hook/stored-long-ago-too' }, 'stored-long-ago')
    expect(lines.join()).not.toContain('stored-long-ago')
  })

  test('of the file go before stored ones of the same id', async () => {
    const opened = await open()
    await storeOf(opened).add(aReceiver('webhook', { id: 'same' }), 'ana')
    const store = storeOf(opened, { fileReceivers: [aReceiver('teams', { id: 'same' })] })
    expect((await store.list()).map(({ receiver }) => receiver.type)).toEqual(['teams'])
    await expect(store.remove('same')).rejects.toMatchObject({ code: 'receiver_in_file' })
  })
})
