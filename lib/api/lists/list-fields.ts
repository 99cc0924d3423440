/** What a list can be filtered and sorted by: the one table a resource writes for its rows. */

/** Unknown is null, and sorts last in both directions. */
export type FieldValue = string | number | bigint | boolean | null

export interface ListField<Row> {
  /** `text` matches parts, `word` matches whole values, `number` and `boolean` compare. */
  type: 'text' | 'word' | 'number' | 'boolean'
  get(row: Row): FieldValue | readonly string[]
  /** For words with an order of their own, such as the ladder: what to sort by. */
  rank?(row: Row): number | null
}

export interface ListDefinition<Row> {
  /** Unique in the list; plain words of a filter look here, and it decides between equals. */
  key: string
  fields: Readonly<Record<string, ListField<Row>>>
  /** Shorter or older names that filters understand, such as `lag`. One name may stand for several fields. */
  aliases: Readonly<Record<string, readonly string[]>>
  defaultSort: string
}

export function fieldOf<Row>(definition: ListDefinition<Row>, name: string): ListField<Row> | null {
  return Object.hasOwn(definition.fields, name) ? (definition.fields[name] ?? null) : null
}

/** Fields that a filter word means, by name or alias, whatever the case. */
export function fieldsNamed<Row>(definition: ListDefinition<Row>, name: string): ListField<Row>[] {
  const wanted = name.toLowerCase()
  const aliases = Object.entries(definition.aliases).find(([alias]) => alias.toLowerCase() === wanted)?.[1]
  const names = aliases ?? Object.keys(definition.fields).filter((field) => field.toLowerCase() === wanted)
  return names.flatMap((field) => fieldOf(definition, field) ?? [])
}
