/**
 * Turns rows into columns and back. Written row by row, 40,000 partitions repeat every field name and every broker
 * list; by column they are a twentieth of the size and several times quicker to write and to read.
 */

type Column =
  | { kind: 'same'; value: unknown; count: number }
  | { kind: 'bigints'; values: BigInt64Array; nulls: Uint8Array | null }
  | { kind: 'numbers'; values: Int32Array | Float64Array; nulls: Uint8Array | null }
  | { kind: 'texts'; words: (string | null)[]; indexes: Uint8Array | Uint16Array | Uint32Array }
  | { kind: 'lists'; counts: Int32Array; items: Column }
  | { kind: 'shared'; lists: Column; indexes: Uint8Array }
  | { kind: 'objects'; nulls: Uint8Array | null; fields: [string, Column][]; count: number }
  | { kind: 'plain'; values: unknown[] }

/** What `packColumns` made; to be stored with `v8.serialize`. */
export type PackedColumns = Column

export function packColumns(values: readonly unknown[]): PackedColumns {
  const first = values[0]
  if (isSame(values, first)) return { kind: 'same', value: first, count: values.length }
  switch (typeOfAll(values)) {
    case 'bigint':
      return packBigints(values as (bigint | null)[])
    case 'number':
      return packNumbers(values as (number | null)[])
    case 'string':
      return packTexts(values as (string | null)[])
    case 'array':
      return packLists(values as (unknown[] | null)[])
    case 'object':
      return packObjects(values as (Record<string, unknown> | null)[])
    default:
      return { kind: 'plain', values: [...values] }
  }
}

function isSame(values: readonly unknown[], first: unknown): boolean {
  if (typeof first === 'object' && first !== null) return false
  for (let i = 0; i < values.length; i += 1) if (!Object.is(values[i], first)) return false
  return true
}

/** The type that every value has that is not null; null when they differ. */
function typeOfAll(values: readonly unknown[]): string | null {
  let common: string | null = null
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]
    if (value === null) continue
    const type = Array.isArray(value) ? 'array' : typeof value
    if (common === null) common = type
    else if (common !== type) return null
  }
  return common
}

/**
 * Loops over indexes, here and below: a poll is too rare for its code to be optimized, and `of` and `from` then make an
 * object for each value, which was a fifth of a poll's garbage.
 */
function nullsOf(values: readonly unknown[]): Uint8Array | null {
  if (!values.includes(null)) return null
  const nulls = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i += 1) if (values[i] === null) nulls[i] = 1
  return nulls
}

function packBigints(values: (bigint | null)[]): Column {
  const packed = new BigInt64Array(values.length)
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0n
    packed[i] = value
    if (packed[i] !== value) return { kind: 'plain', values }
  }
  return { kind: 'bigints', values: packed, nulls: nullsOf(values) }
}

function packNumbers(values: (number | null)[]): Column {
  const isSmall = values.every((value) => value === null || Object.is(value, value | 0))
  const packed = isSmall ? new Int32Array(values.length) : new Float64Array(values.length)
  for (let i = 0; i < values.length; i += 1) packed[i] = values[i] ?? 0
  return { kind: 'numbers', values: packed, nulls: nullsOf(values) }
}

function packTexts(values: (string | null)[]): Column {
  const words: (string | null)[] = []
  const indexOf = new Map<string | null, number>()
  const indexes = new Uint32Array(values.length)
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null
    let index = indexOf.get(value)
    if (index === undefined) {
      index = words.push(value) - 1
      indexOf.set(value, index)
    }
    indexes[i] = index
  }
  if (words.length <= 0x100) return { kind: 'texts', words, indexes: new Uint8Array(indexes) }
  return { kind: 'texts', words, indexes: words.length <= 0x10000 ? new Uint16Array(indexes) : indexes }
}

/** Up to this many lists are looked for by identity before lists count as different ones. */
const MAX_SHARED_LISTS = 64

/** All queues of a RocketMQ broker have the very same lists of replicas: each is packed once. */
function packLists(values: (unknown[] | null)[]): Column {
  const indexOf = new Map<unknown[] | null, number>()
  const indexes = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null
    let index = indexOf.get(value)
    if (index === undefined) {
      if (indexOf.size === MAX_SHARED_LISTS) return packOwnLists(values)
      index = indexOf.size
      indexOf.set(value, index)
    }
    indexes[i] = index
  }
  if (2 * indexOf.size > values.length) return packOwnLists(values)
  return { kind: 'shared', lists: packOwnLists([...indexOf.keys()]), indexes }
}

function packOwnLists(values: readonly (unknown[] | null)[]): Column {
  const counts = new Int32Array(values.length)
  const items: unknown[] = []
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null
    counts[i] = value === null ? -1 : value.length
    if (value !== null) for (let item = 0; item < value.length; item += 1) items.push(value[item])
  }
  return { kind: 'lists', counts, items: packColumns(items) }
}

function packObjects(values: (Record<string, unknown> | null)[]): Column {
  const nulls = nullsOf(values)
  const present = nulls === null ? (values as Record<string, unknown>[]) : values.filter((value) => value !== null)
  const names = Object.keys(present[0] ?? {})
  for (let row = 0; row < present.length; row += 1) {
    if (!hasExactly(present[row] ?? {}, names)) return { kind: 'plain', values }
  }
  const cells = names.map(() => new Array<unknown>(present.length))
  for (let row = 0; row < present.length; row += 1) {
    // All of a row at once: looking each field up by its name takes half as long again.
    const fields = Object.values(present[row] ?? {})
    for (let field = 0; field < fields.length; field += 1) (cells[field] as unknown[])[row] = fields[field]
  }
  const fields = names.map((name, field): [string, Column] => [name, packColumns(cells[field] as unknown[])])
  return { kind: 'objects', nulls, fields, count: values.length }
}

function hasExactly(value: Record<string, unknown>, names: readonly string[]): boolean {
  let count = 0
  for (const name in value) {
    if (names[count] !== name) return false
    count += 1
  }
  return count === names.length
}

export function unpackColumns(column: PackedColumns): unknown[] {
  switch (column.kind) {
    case 'same':
      return new Array(column.count).fill(column.value)
    case 'bigints':
    case 'numbers':
      return unpackTyped(column.values, column.nulls)
    case 'texts':
      return Array.from(column.indexes, (index) => column.words[index])
    case 'lists':
      return unpackLists(column.counts, unpackColumns(column.items))
    case 'shared':
      return unpackShared(unpackColumns(column.lists), column.indexes)
    case 'objects':
      return unpackObjects(column)
    case 'plain':
      return column.values
  }
}

function unpackTyped(values: BigInt64Array | Int32Array | Float64Array, nulls: Uint8Array | null): unknown[] {
  const out: unknown[] = new Array(values.length)
  for (let i = 0; i < values.length; i += 1) out[i] = nulls !== null && nulls[i] === 1 ? null : values[i]
  return out
}

function unpackLists(counts: Int32Array, items: unknown[]): unknown[] {
  let from = 0
  return Array.from(counts, (count) => {
    if (count < 0) return null
    from += count
    return items.slice(from - count, from)
  })
}

function unpackShared(lists: unknown[], indexes: Uint8Array): unknown[] {
  return Array.from(indexes, (index) => lists[index])
}

function unpackObjects(column: Extract<Column, { kind: 'objects' }>): unknown[] {
  const fields = column.fields.map(([name, field]): [string, unknown[]] => [name, unpackColumns(field)])
  const out: unknown[] = new Array(column.count)
  let row = 0
  for (let i = 0; i < column.count; i += 1) {
    if (column.nulls !== null && column.nulls[i] === 1) {
      out[i] = null
      continue
    }
    const object: Record<string, unknown> = {}
    for (const [name, values] of fields) object[name] = values[row]
    row += 1
    out[i] = object
  }
  return out
}
