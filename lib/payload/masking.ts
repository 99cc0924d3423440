/**
 * What of the messages nobody may see here, as rules of the configuration. They are applied on the server, before
 * anything leaves it.
 *
 *     masking:
 *       - match: { cluster: "*", topic: "pay.*" }
 *         paths: ["$.card.number", "$..password"]
 *         keyPaths: ["$"]
 *         headers: [authorization, "x-secret-*"]
 *
 * All rules that match a topic add up. `$` is the whole. In doubt more is hidden than less: names match in any case, go
 * through lists, and JSON inside a text is looked into as well. A payload that cannot be read is hidden whole, since
 * nobody can say where in it the path would lead.
 */
import { z } from 'zod'
import { anyGlobMatcher } from '../glob.ts'
import { type JsonPath, PathSet, type Places, parseJsonPath } from './json-path.ts'
import { childPath, type JsonNode, JsonObject, MAX_NAMED_PATHS, parseJson, writeJson } from './json-tree.ts'
import { Budget, UnreadableError } from './limits.ts'

const glob = z.string().min(1).max(256)

const jsonPath = z.string().refine((text) => parseJsonPath(text) !== null, { error: 'issue:jsonPath' })

const jsonPaths = z.array(jsonPath).max(64).default([])

const ANYWHERE = { cluster: '*', topic: '*' }

const maskingRule = z
  .strictObject({
    match: z
      .strictObject({ cluster: glob.default('*'), topic: glob.default('*') })
      .nullish()
      .transform((match) => match ?? ANYWHERE),
    /** Of the value. */
    paths: jsonPaths,
    /** Of the key. */
    keyPaths: jsonPaths,
    /** Names of headers whose values are hidden, in any case. */
    headers: z.array(glob).max(64).default([]),
  })
  .refine(({ paths, keyPaths, headers }) => paths.length + keyPaths.length + headers.length > 0, {
    error: 'issue:maskingEmpty',
  })

export const maskingRules = z
  .array(maskingRule)
  .max(100)
  .nullish()
  .transform((rules) => rules ?? [])

export type MaskingRule = z.output<typeof maskingRule>

/** Stands for whatever is hidden. */
export const MASK = '***'

/** What is hidden in messages of one topic. */
export interface TopicMasks {
  /** Null: nothing is. */
  value: PathSet | null
  key: PathSet | null
  /** Whether there is any pattern for headers. */
  hidesHeaders: boolean
  hidesHeader(name: string): boolean
}

/** @param topics where a message lies, and where it came from: a rule for either applies */
export function topicMasks(rules: readonly MaskingRule[], clusterId: string, topics: readonly string[]): TopicMasks {
  const matching = rules.filter(({ match }) => {
    const isTopic = anyGlobMatcher([match.topic])
    return anyGlobMatcher([match.cluster])(clusterId) && topics.some(isTopic)
  })
  const headers = matching.flatMap((rule) => rule.headers.map((name) => name.toLowerCase()))
  const isHidden = anyGlobMatcher(headers)
  return {
    value: pathSet(matching.flatMap(({ paths }) => paths)),
    key: pathSet(matching.flatMap(({ keyPaths }) => keyPaths)),
    hidesHeaders: headers.length > 0,
    hidesHeader: (name) => isHidden(name.toLowerCase()),
  }
}

function pathSet(texts: readonly string[]): PathSet | null {
  const paths = [...new Set(texts)].map(parseJsonPath).filter((path): path is JsonPath => path !== null)
  return paths.length === 0 ? null : new PathSet(paths, { isGenerous: true })
}

/**
 * The value with `***` in place of whatever a path leads to, and the paths of what was hidden (the first 100).
 *
 * @throws UnreadableError `tooComplex` when JSON inside texts goes too deep
 */
export function maskJson(value: JsonNode, paths: PathSet): { value: JsonNode; masked: string[] } {
  const masker = new Masker(paths)
  return { value: masker.mask(value, paths.start(Array.isArray(value)), '$'), masked: masker.masked }
}

class Masker {
  readonly masked: string[] = []
  private readonly paths: PathSet
  private readonly budget = new Budget()

  constructor(paths: PathSet) {
    this.paths = paths
  }

  mask(value: JsonNode, places: Places, path: string): JsonNode {
    if (places.isEmpty) return value
    if (places.isEnd) {
      if (this.masked.length < MAX_NAMED_PATHS) this.masked.push(path)
      return MASK
    }
    if (Array.isArray(value)) return value.map((item, index) => this.child(item, places, index, path))
    if (value instanceof JsonObject) {
      return new JsonObject(value.members.map(([name, member]) => [name, this.child(member, places, name, path)]))
    }
    return typeof value === 'string' ? this.text(value, places, path) : value
  }

  private child(value: JsonNode, places: Places, key: string | number, path: string): JsonNode {
    return this.mask(value, this.paths.child(places, key, Array.isArray(value)), childPath(path, key))
  }

  /** JSON that was put into a text is as readable as any other. */
  private text(text: string, places: Places, path: string): JsonNode {
    const inner = this.jsonIn(text)
    if (inner === null) return text
    const before = this.masked.length
    const value = this.budget.nested(() => this.mask(inner, places, path))
    if (value === MASK) return MASK
    return this.masked.length === before && before < MAX_NAMED_PATHS ? text : writeJson(value)
  }

  private jsonIn(text: string): JsonNode | null {
    if (!/^\s*[[{"]/.test(text)) return null
    try {
      return parseJson(text, this.budget)
    } catch (error) {
      if (error instanceof UnreadableError && error.reason === 'malformed') return null
      throw error
    }
  }
}
