import { expect, test } from 'vitest'
import { createMutes } from '../../../lib/registry/mutes.ts'
import { DAY_MS } from '../../../lib/units.ts'
import { onBothDatabases } from '../db/databases.ts'

const MUTE = { code: 'topic.*', cluster: '*', subject: '%DLQ%*', reason: '死信，不要紧', untilAtMs: 2_000 }

onBothDatabases('mutes', ({ open }) => {
  test('of the file and of the API are listed, kept for 30 days after their end, and then removed', async () => {
    const database = await open()
    let nowMs = 1_000
    const mutes = createMutes(database, [{ ...MUTE, subject: 'file' }], () => nowMs)
    const first = await mutes.add(MUTE, 'ann')
    nowMs = 1_500
    const second = await mutes.add({ ...MUTE, untilAtMs: 90 * DAY_MS }, 'bob')
    expect(first).toEqual({ id: first.id, ...MUTE, source: 'runtime', createdAtMs: 1_000, createdBy: 'ann' })
    const ofFile = { ...MUTE, subject: 'file', id: 'file-1', source: 'file', createdAtMs: null, createdBy: null }
    expect(await mutes.list()).toEqual([ofFile, second, first])

    nowMs = MUTE.untilAtMs + 30 * DAY_MS - 1
    await mutes.removeEnded()
    expect(await database.client.findingMute.count()).toBe(2)
    nowMs += 1
    expect(await mutes.list()).toEqual([ofFile, second])
    expect(await database.client.findingMute.count()).toBe(2)
    await mutes.removeEnded()
    expect(await database.client.findingMute.findMany({ select: { id: true } })).toEqual([{ id: second.id }])

    expect(await mutes.remove(second.id)).toEqual(second)
    await expect(mutes.remove(second.id)).rejects.toMatchObject({ code: 'mute_not_found' })
    await expect(mutes.remove('file-1')).rejects.toMatchObject({ code: 'mute_in_file' })
    expect(await mutes.list()).toEqual([ofFile])
  })
})
