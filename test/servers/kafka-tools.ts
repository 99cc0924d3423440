/** What Kafka's own command-line tools print, as data. */

/** Rows of a table whose columns are separated by spaces, by the names in its header line. */
export function tableRows(text: string, firstColumn: string): Record<string, string>[] {
  const rows: Record<string, string>[] = []
  let columns: string[] | null = null
  for (const line of text.split('\n')) {
    const cells = line.trim().split(/\s+/)
    if (cells[0] === firstColumn) columns = cells
    else if (columns && cells.length >= columns.length - 1 && cells[0]) {
      rows.push(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])))
    }
  }
  return rows
}

/** `topic:partition:offset` lines. */
export function offsetLines(text: string): Record<string, bigint> {
  const lines = text.split('\n').filter((line) => /^[^:]+:\d+:\d+$/.test(line))
  return Object.fromEntries(
    lines.map((line) => {
      const [topic, partition, offset] = line.split(':')
      return [`${topic}/${partition}`, BigInt(offset ?? '')]
    }),
  )
}

/** `Key: value` pairs of lines that are separated by tabs. */
export function describedTopics(text: string): {
  topics: Record<string, string>[]
  partitions: Record<string, string>[]
} {
  const lines = text.split('\n').map((line) =>
    Object.fromEntries(
      line
        .split('\t')
        .map((part) => /^\s*(\w+): ?(.*)$/.exec(part))
        .flatMap((match) => (match ? [[match[1] ?? '', (match[2] ?? '').trim()]] : [])),
    ),
  )
  return {
    topics: lines.filter((line) => 'PartitionCount' in line),
    partitions: lines.filter((line) => 'Partition' in line),
  }
}

/** `  name=value sensitive=… synonyms=…` lines of `kafka-configs --describe --all`. */
export function describedConfig(text: string): Record<string, string> {
  const found = [...text.matchAll(/^ {2}([\w.-]+)=(.*) sensitive=(?:true|false) synonyms=/gm)]
  return Object.fromEntries(found.map((match) => [match[1] ?? '', match[2] ?? '']))
}

/** A list as the tools print it: `1,2,3`, or empty. */
export function idList(text: string | undefined): string[] {
  return text ? text.split(',').filter((id) => id !== '' && id !== 'N/A') : []
}
