/** Series that a test lays out, and what was asked for. */
import { HoldfastError } from '../../lib/errors.ts'
import type { History, SeriesQuery, SeriesResult } from '../../lib/history/history.ts'

export interface MemoryHistory extends Pick<History, 'read'> {
  asked: SeriesQuery[]
  results: SeriesResult[]
}

export function memoryHistory(): MemoryHistory {
  const asked: SeriesQuery[] = []
  const results: SeriesResult[] = []
  return {
    ...{ asked, results },
    async read(query) {
      asked.push(query)
      if (results.length > query.maxSeries) throw new HoldfastError('range_too_large')
      return results
    },
  }
}
