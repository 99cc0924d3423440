/**
 * The filter language of lists: `orders name:pay state:stalled lag>1000 -kind:dlq lag:unknown "two words"`.
 * All words must hold. What looks like a field but is none is searched for as text: names hold colons too.
 */
import { type FieldValue, fieldOf, fieldsNamed, type ListDefinition, type ListField } from './list-fields.ts'

export type RowFilter<Row> = (row: Row) => boolean

type Comparison = ':' | '=' | '>' | '>=' | '<' | '<='

const WORD = /(-?)((?:"[^"]*"|[^\s"])+)/g
const CONDITION = /^([A-Za-z][A-Za-z0-9]*)(>=|<=|[:=<>])(.+)$/s

/** Null when everything matches. */
export function parseFilter<Row>(text: string, definition: ListDefinition<Row>): RowFilter<Row> | null {
  const tests = [...text.matchAll(WORD)].map(([, minus, word = '']) => {
    const test = parseWord(word, definition)
    return minus === '-' ? (row: Row) => !test(row) : test
  })
  return tests.length === 0 ? null : (row) => tests.every((test) => test(row))
}

function parseWord<Row>(word: string, definition: ListDefinition<Row>): RowFilter<Row> {
  const [, name = '', comparison, value = ''] = CONDITION.exec(word) ?? []
  const tests = fieldsNamed(definition, name).flatMap(
    (field) => conditionOf(field, comparison as Comparison, unquote(value)) ?? [],
  )
  if (tests.length > 0) return (row) => tests.some((test) => test(row))
  const key = fieldOf(definition, definition.key)
  return key === null ? () => false : textTest(key, unquote(word))
}

/** Null when the value cannot be compared with this field. */
function conditionOf<Row>(field: ListField<Row>, comparison: Comparison, value: string): RowFilter<Row> | null {
  const isEquality = comparison === ':' || comparison === '='
  if (isEquality && value.toLowerCase() === 'unknown') {
    return (row) => field.get(row) === null || field.get(row) === 'unknown'
  }
  if (field.type === 'number') return numberTest(field, comparison, value)
  if (!isEquality) return null
  if (field.type === 'boolean') return (row) => String(field.get(row)) === value.toLowerCase()
  return field.type === 'word' || comparison === '=' ? wordTest(field, value) : textTest(field, value)
}

function numberTest<Row>(field: ListField<Row>, comparison: Comparison, text: string): RowFilter<Row> | null {
  const wanted = Number(text)
  if (text.trim() === '' || Number.isNaN(wanted)) return null
  return (row) => {
    const value = field.get(row)
    return (typeof value === 'number' || typeof value === 'bigint') && isTrue(value, comparison, wanted)
  }
}

function isTrue(value: number | bigint, comparison: Comparison, wanted: number): boolean {
  switch (comparison) {
    case '>':
      return value > wanted
    case '>=':
      return value >= wanted
    case '<':
      return value < wanted
    case '<=':
      return value <= wanted
    default:
      // A bigint and a number are never identical, but they compare.
      return value >= wanted && value <= wanted
  }
}

function wordTest<Row>(field: ListField<Row>, value: string): RowFilter<Row> {
  const wanted = value.toLowerCase()
  return (row) => textsOf(field.get(row)).some((text) => text.toLowerCase() === wanted)
}

function textTest<Row>(field: ListField<Row>, value: string): RowFilter<Row> {
  const wanted = value.toLowerCase()
  return (row) => textsOf(field.get(row)).some((text) => text.toLowerCase().includes(wanted))
}

function textsOf(value: FieldValue | readonly string[]): readonly string[] {
  if (value === null) return []
  return typeof value === 'object' ? value : [String(value)]
}

function unquote(text: string): string {
  return text.replaceAll('"', '')
}
