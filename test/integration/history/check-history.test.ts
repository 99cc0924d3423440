import { once } from 'node:events'
import { expect, test } from 'vitest'
import { storageSize } from '../../../lib/db/storage-size.ts'
import { type Database, openDatabase, openStoredDatabase } from '../../../lib/db.ts'
import { type CheckedHistory, checkHistory, type Damage } from '../../../lib/history/check-history.ts'
import { historySizes } from '../../../lib/history/history-sizes.ts'
import { storedChunks, storedFrames, storedSections } from '../../../lib/history/row-pages.ts'
import { onBothDatabases } from '../db/databases.ts'
import { hasWritten, startWriter } from '../db/killed-writer.ts'
import { runDb } from '../db/run-db.ts'
import { fillAllLevels, OPEN_POLLS, openPollMs, PARTITIONS, SEALED_POLLS } from './all-levels.ts'

async function found(database: Database): Promise<{ damages: Damage[]; checked: CheckedHistory }> {
  const damages: Damage[] = []
  const checked = await checkHistory(database, (damage) => damages.push(damage))
  return { damages, checked }
}

async function allOf<T>(rows: AsyncGenerator<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}

/** One bit of the last byte, where there is always content. */
function flipped(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(content)
  copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1
  return copy
}

/** Of the chunks of one step the one in the middle. @returns its place, and how to mend it */
async function damageChunk(
  { client }: Database,
  stepSeconds: number,
): Promise<{ range: object; mend(): Promise<void> }> {
  const rows = await client.historyChunk.findMany({ where: { stepSeconds }, orderBy: { fromMs: 'asc' } })
  const row = rows[rows.length >> 1]
  if (row === undefined) throw new Error(`no chunk of step ${stepSeconds}`)
  const { content, untilMs, ...key } = row
  const where = { shardId_stepSeconds_fromMs_firstEntity: key }
  await client.historyChunk.update({ where, data: { content: flipped(content) } })
  return {
    range: { fromMs: Number(key.fromMs), untilMs: Number(untilMs) },
    mend: async () => void (await client.historyChunk.update({ where, data: { content } })),
  }
}

onBothDatabases('checking and measuring the history', ({ createUrl, open }) => {
  test('a history with rows of every kind is sound, and each value of each poll is counted', async () => {
    const database = await open()
    expect((await found(database)).checked).toEqual(SOUND_AND_EMPTY)
    await fillAllLevels(database)
    const { damages, checked } = await found(database)
    expect(damages).toEqual([])
    const { client } = database
    const rows = await Promise.all([
      ...[client.clusterState.count(), client.snapshotSection.count(), client.historyShard.count()],
      ...[client.historyFrame.count(), client.historyChunk.count()],
    ])
    expect(checked.rows).toBe(rows.reduce((sum, count) => sum + count))
    expect(checked.values).toBe((SEALED_POLLS + OPEN_POLLS) * PARTITIONS)
    expect(checked.steps).toBeGreaterThan(0)
  })

  test('one flipped bit in a row of any kind is found and named', async () => {
    const database = await open()
    await fillAllLevels(database)
    const { client } = database
    const common = { clusterId: 'c', kind: 'partition', fault: 'checksum', rows: 1 }
    for (const stepSeconds of [0, 300, 3_600]) {
      const { range, mend } = await damageChunk(database, stepSeconds)
      const part = stepSeconds === 0 ? 'polls' : 'steps'
      expect((await found(database)).damages).toEqual([{ ...common, part, stepSeconds, range }])
      await mend()
    }
    expect((await found(database)).damages).toEqual([])

    // The frames that follow from it go with it.
    const frames = await client.historyFrame.findMany({ orderBy: { seq: 'asc' } })
    const { shardId, seq, content } = frames[1] as (typeof frames)[number]
    const frame = { where: { shardId_seq: { shardId, seq } } }
    await client.historyFrame.update({ ...frame, data: { content: flipped(content) } })
    const range = { fromMs: openPollMs(1), untilMs: openPollMs(OPEN_POLLS - 1) }
    const ofFrames = { ...common, part: 'openPolls', stepSeconds: 0, range, rows: OPEN_POLLS - 1 }
    expect((await found(database)).damages).toEqual([ofFrames])
    await client.historyFrame.delete(frame)
    await client.historyFrame.delete({ where: { shardId_seq: { shardId, seq: seq - 1n } } })
    const orphaned = { ...ofFrames, fault: 'noKeyFrame', rows: OPEN_POLLS - 2 }
    expect((await found(database)).damages).toEqual([
      { ...orphaned, range: { fromMs: openPollMs(2), untilMs: openPollMs(OPEN_POLLS - 1) } },
    ])
    await client.historyFrame.deleteMany({})

    const section = await client.snapshotSection.findFirstOrThrow({ where: { name: 'topics' } })
    const { versionAtMs, content: ofSection, ...name } = section
    await client.snapshotSection.update({
      where: { clusterId_name: name },
      data: { content: flipped(ofSection.subarray(0, ofSection.length - 9)) },
    })
    const [damage] = (await found(database)).damages
    expect(damage).toMatchObject({ clusterId: 'c', part: 'newestPoll', kind: 'topics', fault: 'undecodable' })
    expect(damage?.range).toEqual({ fromMs: Number(versionAtMs), untilMs: Number(versionAtMs) })
    await client.snapshotSection.deleteMany({})

    const { id, dictionary } = await client.historyShard.findFirstOrThrow({})
    await client.historyShard.update({ where: { id }, data: { dictionary: dictionary.slice(0, -9) } })
    expect((await found(database)).damages).toMatchObject([{ clusterId: 'c', part: 'names', kind: 'partition' }])
    await client.historyShard.deleteMany({})
    expect((await found(database)).damages).toMatchObject([{ clusterId: null, part: 'polls', fault: 'noShard' }])
  })

  test('beside a writer that seals, rolls up and goes on: nothing looks damaged', async () => {
    const url = await createUrl()
    const writer = startWriter(url, '0', 'upkeep')
    try {
      await hasWritten(writer, 10)
      const database = await openStoredDatabase(url, 'this')
      for (let checks = 0; checks < 8; checks += 1) {
        await hasWritten(writer, writer.acknowledged.length + 7)
        expect((await found(database)).damages).toEqual([])
      }
      await database.close()
      expect(writer.complaints).toEqual([])
    } finally {
      writer.child.kill('SIGKILL')
      await once(writer.child, 'close')
    }
  })

  test('pages of three rows hold every row once', async () => {
    const database = await open()
    await fillAllLevels(database)
    const { id } = await database.client.historyShard.findFirstOrThrow({})
    const frames = await allOf(storedFrames(database, id, 3))
    expect(frames.map(({ atMs }) => Number(atMs))).toEqual([0, 1, 2, 3].map(openPollMs))
    const chunks = await allOf(storedChunks(database, id, 3))
    expect(new Set(chunks.map((row) => `${row.stepSeconds}/${row.fromMs}/${row.firstEntity}`)).size).toBe(chunks.length)
    expect(chunks.length).toBe(await database.client.historyChunk.count())
    const sections = await allOf(storedSections(database, 3))
    expect(new Set(sections.map(({ name }) => name)).size).toBe(sections.length)
    expect(sections.length).toBe(await database.client.snapshotSection.count())
  })

  test('what each level and each table takes adds up', async () => {
    const database = await open()
    await fillAllLevels(database)
    const levels = await historySizes(database)
    expect(levels.map(({ clusterId, stepSeconds }) => [clusterId, stepSeconds])).toEqual([
      ...[
        ['c', null],
        ['c', 0],
        ['c', 300],
        ['c', 3_600],
      ],
    ])
    const chunks = await database.client.historyChunk.findMany({})
    const [frames, ...ofChunks] = levels
    expect(ofChunks.reduce((sum, { rows }) => sum + rows, 0)).toBe(chunks.length)
    expect(ofChunks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
      chunks.reduce((sum, { content }) => sum + content.length, 0),
    )
    expect(frames).toMatchObject({ rows: OPEN_POLLS, fromMs: openPollMs(0), untilMs: openPollMs(OPEN_POLLS - 1) })
    expect(frames?.bytesPerValue).toBe((frames?.bytes ?? 0) / (OPEN_POLLS * PARTITIONS))
    for (const { bytesPerValue } of levels) expect(bytesPerValue).toBeGreaterThan(0)

    const { tables, totalBytes } = await storageSize(database)
    const chunkTable = tables.find(({ table }) => table === 'HistoryChunk')
    expect(chunkTable?.rows).toBe(chunks.length)
    expect(chunkTable?.bytes).toBeGreaterThan(ofChunks.reduce((sum, { bytes }) => sum + bytes, 0))
    expect(tables.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(totalBytes + WAL_MAY_HOLD)
  })

  test('looking neither makes a database nor migrates one', async () => {
    const url = await createUrl()
    await expect(openStoredDatabase(url, 'any')).rejects.toMatchObject({ code: 'database_missing' })
    await expect(openStoredDatabase(url, 'any')).rejects.toMatchObject({ code: 'database_missing' })
    const { client, close } = await openDatabase(url)
    const newest = `migration_name LIKE '%_history_events'`
    for (const [change, code] of [
      [`UPDATE _prisma_migrations SET migration_name = 'kept' WHERE ${newest}`, 'database_newer'],
      [`DELETE FROM _prisma_migrations WHERE migration_name = 'kept'`, 'database_older'],
    ] as const) {
      await client.$executeRawUnsafe(change)
      await expect(openStoredDatabase(url, 'this')).rejects.toMatchObject({ code })
    }
    await (await openStoredDatabase(url, 'any')).close()
    await close()
  })

  test('on the command line: a summary and exit status 0, each damage by its name and exit status 1', async () => {
    const url = await createUrl()
    const database = await openDatabase(url)
    await fillAllLevels(database)
    const sound = await runDb(url, 'check')
    expect(sound.output).toMatch(/^All is sound: \d+ rows \(.* KiB\), 220 samples of polls, [\d,]+ steps of rollups, /)
    expect(sound.code).toBe(0)
    await damageChunk(database, 3_600)
    const damaged = await runDb(url, 'check')
    expect(damaged.code).toBe(1)
    expect(damaged.output.split('\n')).toEqual([
      'Damaged: cluster c, steps of 1 h of partition, 2026-01-01T00:00:00Z to 2026-01-08T00:00:00Z: the bytes are not those that were written (checksum)',
      expect.stringMatching(/^1 damage found: /),
      '',
    ])
    const { code, output } = await runDb(url, 'size')
    expect(code).toBe(0)
    for (const line of [
      /^HistoryChunk +\d+ +[\d.]+ (KiB|B)$/m,
      /^c +polls, not sealed +4 .* B +2026-01-08T12:10:00Z +2026-/m,
      /^c +steps of 5 min /m,
    ])
      expect(output).toMatch(line)
    await database.close()
  })
})

const SOUND_AND_EMPTY = { rows: 0, bytes: 0, values: 0, steps: 0, damages: 0, olderSections: 0 }
/** What was not brought from the log into the file yet is not in its size. */
const WAL_MAY_HOLD = 8 * 2 ** 20
