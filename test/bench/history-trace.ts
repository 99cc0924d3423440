/** Numbers of real brokers under load, as they were polled: recorded once, kept small, and played as long as wanted. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

export interface TracedSeries {
  metric: 'startOffset' | 'endOffset' | 'isrSize' | 'logSizeBytes' | 'committedOffset' | 'lagMessages'
  /** One per poll. */
  values: number[]
}

/** Of one partition, or of one partition of a group. */
export type TracedEntity = TracedSeries[]

export interface Trace {
  intervalMs: number
  /** How late each poll came, in milliseconds. */
  lateMs: number[]
  partitions: TracedEntity[]
  groupPartitions: TracedEntity[]
}

/** Differences compress better than what they are the differences of. */
export function packTrace(trace: Trace): Uint8Array {
  const text = JSON.stringify(mapTrace(trace, (values) => values.map((value, i) => value - (values[i - 1] ?? 0))))
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 19 } })
}

export function unpackTrace(packed: Uint8Array): Trace {
  const trace = JSON.parse(zstdDecompressSync(packed).toString('utf8')) as Trace
  return mapTrace(trace, (values) => {
    let sum = 0
    return values.map((difference) => (sum += difference))
  })
}

function mapTrace(trace: Trace, change: (values: number[]) => number[]): Trace {
  const map = (entities: TracedEntity[]): TracedEntity[] =>
    entities.map((series) => series.map(({ metric, values }) => ({ metric, values: change(values) })))
  return { ...trace, partitions: map(trace.partitions), groupPartitions: map(trace.groupPartitions) }
}
