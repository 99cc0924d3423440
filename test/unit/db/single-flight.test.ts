import { expect, test } from 'vitest'
import { SingleFlight } from '../../../lib/db/single-flight.ts'

function counted(): { find: () => Promise<number>; answer(): void } {
  let count = 0
  let waiting: (() => void)[] = []
  return {
    find: () => {
      count += 1
      const mine = count
      return new Promise((done) => waiting.push(() => done(mine)))
    },
    answer: () => {
      for (const done of waiting) done()
      waiting = []
    },
  }
}

test('questions asked meanwhile get the one answer, and later ones their own', async () => {
  const reads = new SingleFlight()
  const { find, answer } = counted()
  const asked = [reads.run('a', find), reads.run('a', find), reads.run('b', find)]
  answer()
  expect(await Promise.all(asked)).toEqual([1, 1, 2])
  const later = reads.run('a', find)
  answer()
  expect(await later).toBe(3)
})

test('after a write nobody gets an answer that was begun before it', async () => {
  const reads = new SingleFlight()
  const { find, answer } = counted()
  const before = reads.run('a', find)
  reads.forget()
  const [after, meanwhile] = [reads.run('a', find), reads.run('a', find)]
  answer()
  expect(await Promise.all([before, after, meanwhile])).toEqual([1, 2, 2])
})

test('what failed is asked anew', async () => {
  const reads = new SingleFlight()
  await expect(reads.run('a', () => Promise.reject(new Error('locked')))).rejects.toThrow('locked')
  expect(await reads.run('a', async () => 7)).toBe(7)
})
