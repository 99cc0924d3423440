import { expect, test } from 'vitest'
import { onBothDatabases } from '../db/databases.ts'
import { seeded } from '../db/killed-writer.ts'
import { tellAndKill } from './killed-telling.ts'

const KILLS = 10

onBothDatabases('alerts of which the collector and the worker are killed again and again', ({ createUrl }) => {
  test(`arrive at least once, each under its id and in order, after ${KILLS} kills`, async () => {
    const { faults, alerts, requests, messages } = await tellAndKill(await createUrl(), KILLS, seeded(8))
    expect(faults).toEqual([])
    expect(alerts).toBeGreaterThan(50)
    // Some were in the receiver's hands when their sender died: those came twice.
    expect(requests).toBeGreaterThan(messages)
  }, 300_000)
})
