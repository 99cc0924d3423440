import { describe, expect, it } from 'vitest'
import { durabilityOf, worstDurability } from '../../../lib/durability/ladder.ts'
import type { Durability } from '../../../lib/durability/observation.ts'
import { aPartition } from '../../builders/snapshots.ts'

interface Row {
  name: string
  isr: string[] | null
  leader?: string | null
  replicas?: string[]
  adding?: string[]
  minIsr: number | null
  isFrozen?: boolean
  expected: Durability
}

const rows: Row[] = [
  { name: 'all in sync', isr: ['1', '2', '3'], minIsr: 2, expected: 'healthy' },
  { name: 'one out, above min ISR', isr: ['1', '2'], minIsr: 1, expected: 'underReplicated' },
  { name: 'one out, at min ISR', isr: ['1', '2'], minIsr: 2, expected: 'atMinIsr' },
  { name: 'two out, below min ISR', isr: ['1'], minIsr: 2, expected: 'underMinIsr' },
  { name: 'empty ISR without leader', isr: [], leader: null, minIsr: 2, expected: 'offline' },
  { name: 'leaderless with an ISR member that is down', isr: ['2'], leader: null, minIsr: 1, expected: 'offline' },
  { name: 'single replica', isr: ['1'], replicas: ['1'], minIsr: 1, expected: 'healthy' },
  { name: 'min ISR above the replica count is capped', isr: ['1'], replicas: ['1'], minIsr: 2, expected: 'healthy' },
  { name: 'capped min ISR with one replica out', isr: ['1'], replicas: ['1', '2'], minIsr: 3, expected: 'underMinIsr' },
  {
    name: 'min ISR equal to replicas is healthy when all are in',
    isr: ['1', '2', '3'],
    minIsr: 3,
    expected: 'healthy',
  },
  { name: 'ISR not seen', isr: null, minIsr: 2, expected: 'unknown' },
  { name: 'ISR and leader not seen', isr: null, leader: null, minIsr: 2, expected: 'unknown' },
  { name: 'frozen metadata looks healthy', isr: ['1', '2', '3'], minIsr: 2, isFrozen: true, expected: 'unknown' },
  { name: 'frozen metadata looks offline', isr: [], leader: null, minIsr: 2, isFrozen: true, expected: 'unknown' },
  { name: 'min ISR unknown, all in', isr: ['1', '2', '3'], minIsr: null, expected: 'healthy' },
  { name: 'min ISR unknown, one out', isr: ['1', '2'], minIsr: null, expected: 'underReplicated' },
  { name: 'min ISR unknown, last copy', isr: ['1'], minIsr: null, expected: 'atMinIsr' },
  {
    name: 'a replica that is only being added may be out of sync',
    isr: ['1', '2', '3'],
    replicas: ['1', '2', '3', '4'],
    adding: ['4'],
    minIsr: 2,
    expected: 'healthy',
  },
]

describe('durabilityOf', () => {
  it.each(rows)('$name → $expected', ({ isr, leader = '1', replicas, adding, minIsr, isFrozen = false, expected }) => {
    const partition = aPartition({
      isr,
      leader,
      ...(replicas ? { replicas } : {}),
      reassignment: adding ? { adding, removing: [] } : null,
    })
    expect(durabilityOf(partition, minIsr, isFrozen)).toBe(expected)
  })
})

describe('worstDurability', () => {
  it('names the worst known place and says when some are unknown', () => {
    expect(worstDurability(['healthy', 'unknown', 'atMinIsr'])).toEqual({ durability: 'atMinIsr', isPartial: true })
    expect(worstDurability(['healthy', 'healthy'])).toEqual({ durability: 'healthy', isPartial: false })
  })
  it('is unknown, never healthy, when nothing is known', () => {
    expect(worstDurability(['unknown'])).toEqual({ durability: 'unknown', isPartial: true })
    expect(worstDurability([])).toEqual({ durability: 'unknown', isPartial: false })
  })
})
