import { describe, expect, it } from 'vitest'
import type { ClusterAnswer } from '../../../lib/api/schemas/clusters.ts'
import { belowFullIsr, dlqDepthOfAll, shownLevel, worstVerdict } from '../../../lib/client/cluster-views.ts'
import type { StateLevel } from '../../../lib/client/states.ts'

function withLevel(level: StateLevel, stale = false): Pick<ClusterAnswer, 'verdict'> {
  return { verdict: { level, stale, reasons: [] } }
}

describe('shownLevel', () => {
  it.each([
    ['safe', false, 'safe'],
    ['safe', true, 'unknown'],
    ['watch', true, 'unknown'],
    ['atRisk', true, 'atRisk'],
    ['losing', true, 'losing'],
    ['unknown', true, 'unknown'],
  ] as const)('%s, stale %s, is shown as %s', (level, stale, shown) => {
    expect(shownLevel(withLevel(level, stale))).toBe(shown)
  })
})

describe('worstVerdict', () => {
  it.each([
    ['losing before all else', ['safe', 'losing', 'atRisk', 'losing'], { level: 'losing', count: 2 }],
    ['not knowing before watching', ['watch', 'unknown', 'safe'], { level: 'unknown', count: 1 }],
    ['all safe', ['safe', 'safe'], { level: 'safe', count: 2 }],
    ['no cluster', [], null],
  ] as const)('%s', (_name, levels, worst) => {
    expect(worstVerdict(levels.map((level) => withLevel(level)))).toEqual(worst)
  })
})

describe('sums over unknown parts', () => {
  const cluster = { underReplicated: 1, atMinIsr: 2, underMinIsr: 3, offline: 4, dlqDepth: 5 } as ClusterAnswer

  it('partitions below full ISR are unknown when one step is', () => {
    expect(belowFullIsr(cluster)).toBe(10)
    expect(belowFullIsr({ ...cluster, atMinIsr: null })).toBeNull()
    expect(belowFullIsr({ ...cluster, partitions: 50, unknownPartitions: 50 })).toBeNull()
  })

  it('dead letters count the known clusters, and are unknown when none is', () => {
    expect(dlqDepthOfAll([cluster, { ...cluster, dlqDepth: null }])).toBe(5)
    expect(dlqDepthOfAll([{ ...cluster, dlqDepth: null }])).toBeNull()
  })
})
