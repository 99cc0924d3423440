/**
 * Paths into JSON, as masking rules and filters write them: `$.a.b[0]`, `$..name`, `$["a b"]`, `$.list[*].name`, `$.*`.
 * No expressions, nothing is run. All paths are followed in one walk over the value, so that many rules cost one walk.
 */

type Selector = { name: string } | { index: number } | 'member' | 'item'

interface Step {
  /** `..`: at any depth. */
  isDeep: boolean
  /** `member` is `.*`, `item` is `[*]`; both select every child. */
  select: Selector
}

export type JsonPath = readonly Step[]

const MAX_PATH_CHARS = 1_000
const MAX_STEPS = 32

const SEGMENT = /(\.\.?)?(?:\[(?:(\d{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]|(\*)|([^\s.[\]'"*()?@,:]+))/y

/** Null when it is no such path. */
export function parseJsonPath(text: string): JsonPath | null {
  if (!text.startsWith('$') || text.length > MAX_PATH_CHARS) return null
  const steps: Step[] = []
  let at = 1
  while (at < text.length) {
    SEGMENT.lastIndex = at
    const found = SEGMENT.exec(text)
    const step = found === null ? null : toStep(found)
    if (found === null || step === null || steps.length === MAX_STEPS) return null
    steps.push(step)
    at += found[0].length
  }
  return steps
}

function toStep([, dots = '', index, item, single, double, member, name]: RegExpExecArray): Step | null {
  const isBracket = member === undefined && name === undefined
  // `$name` and `$.[0]` mean nothing.
  if (isBracket ? dots === '.' : dots === '') return null
  const isDeep = dots === '..'
  if (index !== undefined) return { isDeep, select: { index: Number(index) } }
  if (item !== undefined) return { isDeep, select: 'item' }
  if (member !== undefined) return { isDeep, select: 'member' }
  if (name !== undefined) return { isDeep, select: { name } }
  const quoted = unquoted(single ?? double ?? '')
  return quoted === null ? null : { isDeep, select: { name: quoted } }
}

function unquoted(text: string): string | null {
  if (!text.includes('\\')) return text
  const inJson = text.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"')
  try {
    const value: unknown = JSON.parse(`"${inJson}"`)
    return typeof value === 'string' ? value : null
  } catch {
    // An escape that JSON does not know: no such path.
    return null
  }
}

/** How far each path has come at some value. */
export interface Places {
  /** No path goes on from here. */
  isEmpty: boolean
  /** Some path ends here. */
  isEnd: boolean
}

/** With what is behind it, as far as it was needed. */
interface KnownPlaces extends Places {
  steps: readonly number[]
  /** Keys that make a difference; all others lead to the same places. */
  names: ReadonlySet<string>
  indexes: ReadonlySet<number>
  next: Map<string, KnownPlaces>
}

/** Beyond these they are found anew: rules of one file lead to some dozens. */
const MAX_KNOWN_PLACES = 2_000

export interface PathSetOptions {
  /**
   * For hiding, where too much is better than too little: names match in any case, a name also applies to every element
   * of a list, and an index or `[*]` to a value that is no list.
   */
  isGenerous: boolean
}

/**
 * Several paths, walked along together. Where they lead is remembered, so that a walk costs about the same however many
 * paths there are.
 */
export class PathSet {
  /** All steps of all paths; null behind the last one of each. */
  private readonly steps: readonly (Step | null)[]
  private readonly starts: readonly number[]
  private readonly isGenerous: boolean
  private readonly known = new Map<string, KnownPlaces>()

  constructor(paths: readonly JsonPath[], { isGenerous }: PathSetOptions) {
    this.isGenerous = isGenerous
    const steps: (Step | null)[] = []
    const starts: number[] = []
    for (const path of paths) {
      starts.push(steps.length)
      steps.push(...path.map((step) => (isGenerous ? inLowerCase(step) : step)), null)
    }
    this.steps = steps
    this.starts = starts
  }

  /** At the whole value. */
  start(isList: boolean): Places {
    return this.entered(new Set(this.starts), isList)
  }

  /** At a child of a value; `isList` tells of the child. */
  child(places: Places, key: string | number, isList: boolean): Places {
    const from = places as KnownPlaces
    const kind = isList ? '[' : '{'
    if (typeof key === 'number') {
      const index = from.indexes.has(key) ? key : null
      return this.following(from, `${kind}${index ?? ''}`, isList, (step) => selectsIndex(step, index), true)
    }
    const written = this.isGenerous ? key.toLowerCase() : key
    const name = from.names.has(written) ? written : null
    const token = name === null ? `${kind}.` : `${kind}.${name}`
    return this.following(from, token, isList, (step) => selectsName(step, name), false)
  }

  private following(
    from: KnownPlaces,
    token: string,
    isList: boolean,
    selects: (step: Step) => boolean,
    isElement: boolean,
  ): KnownPlaces {
    const known = from.next.get(token)
    if (known !== undefined) return known
    const next = new Set<number>()
    for (const place of from.steps) {
      const step = this.steps[place]
      if (!step) continue
      const isPassedBy = this.isGenerous && isElement && isNamed(step)
      if (step.isDeep || isPassedBy) next.add(place)
      if (selects(step)) next.add(place + 1)
    }
    const places = this.entered(next, isList)
    from.next.set(token, places)
    return places
  }

  /** Steps for lists are passed by where there is none. */
  private entered(places: Set<number>, isList: boolean): KnownPlaces {
    if (this.isGenerous && !isList) {
      // A set hands out what is added while it is walked.
      for (const place of places) {
        const step = this.steps[place]
        if (step && isForLists(step)) places.add(place + 1)
      }
    }
    return this.remembered([...places].sort((one, other) => one - other))
  }

  private remembered(steps: readonly number[]): KnownPlaces {
    const name = steps.join()
    const known = this.known.get(name)
    if (known !== undefined) return known
    const selectors = steps.flatMap((place) => this.steps[place]?.select ?? [])
    const places = {
      steps,
      isEmpty: steps.length === 0,
      isEnd: steps.some((place) => this.steps[place] === null),
      names: new Set(
        selectors.flatMap((select) => (typeof select === 'object' && 'name' in select ? select.name : [])),
      ),
      indexes: new Set(
        selectors.flatMap((select) => (typeof select === 'object' && 'index' in select ? select.index : [])),
      ),
      next: new Map(),
    }
    if (this.known.size >= MAX_KNOWN_PLACES) this.known.clear()
    this.known.set(name, places)
    return places
  }
}

function inLowerCase(step: Step): Step {
  return typeof step.select === 'object' && 'name' in step.select
    ? { ...step, select: { name: step.select.name.toLowerCase() } }
    : step
}

function isNamed({ select }: Step): boolean {
  return select === 'member' || (typeof select === 'object' && 'name' in select)
}

/** `..[0]` would else apply to every value there is. */
function isForLists({ isDeep, select }: Step): boolean {
  return !isDeep && (select === 'item' || (typeof select === 'object' && 'index' in select))
}

/** `.*` selects every member, and so does `[*]`: what a value is, is for the caller to know. */
export function selectsName({ select }: Step, name: string | null): boolean {
  return typeof select === 'string' || ('name' in select && select.name === name)
}

export function selectsIndex({ select }: Step, index: number | null): boolean {
  return typeof select === 'string' || ('index' in select && select.index === index)
}

/** What a filter looks at: every value that the path leads to, in plain JSON. At most `limit`. */
export function selectAtPath(json: unknown, path: JsonPath, limit = 1_000): unknown[] {
  const paths = new PathSet([path], { isGenerous: false })
  const found: unknown[] = []
  const walk = (value: unknown, places: Places): void => {
    if (places.isEmpty || found.length >= limit) return
    if (places.isEnd) found.push(value)
    if (typeof value !== 'object' || value === null) return
    const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    for (const [key, child] of entries) walk(child, paths.child(places, key, Array.isArray(child)))
  }
  walk(json, paths.start(Array.isArray(json)))
  return found
}
