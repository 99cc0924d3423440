import { expect, test } from 'vitest'
import { createSecretBox } from '../../../lib/auth/secret-box.ts'
import type { Database } from '../../../lib/db.ts'
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

  test('of the file go before stored ones of the same id', async () => {
    const opened = await open()
    await storeOf(opened).add(aReceiver('webhook', { id: 'same' }), 'ana')
    const store = storeOf(opened, { fileReceivers: [aReceiver('teams', { id: 'same' })] })
    expect((await store.list()).map(({ receiver }) => receiver.type)).toEqual(['teams'])
    await expect(store.remove('same')).rejects.toMatchObject({ code: 'receiver_in_file' })
  })
})
