/** Series that a test lays out, and what was asked for. */
import { HoldfastError } from '../../lib/errors.ts'
import type { History, SeriesQuery, SeriesResult } from '../../lib/history/history.ts'

export interface MemoryHistory extends Pick<History, 'read'> {
  asked: SeriesQuery[]
  results: SeriesResult[]
  /** Of how long polls took, which says when anybody looked; empty: that is one of the results. */
  polls: SeriesResult[]
}

export function memoryHistory(): MemoryHistory {
  const history: MemoryHistory = {
    ...{ asked: [], results: [], polls: [] },
    async read(query) {
      const { asked, results, polls } = history
      asked.push(query)
      if (query.metric === 'pollMs' && polls.length > 0) return polls
      if (results.length > query.maxSeries) throw new HoldfastError('range_too_large')
      return results
    },
  }
  return history
}
