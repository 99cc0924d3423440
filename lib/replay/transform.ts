/**
 * One change for all records of a replay: places in a JSON value are set or removed, and headers. What cannot be changed
 * as asked is left out of the replay, never sent unchanged: it would fail again for the same reason. Pure.
 */
import { createHash } from 'node:crypto'
import type { MessageHeader } from '../cluster/messages.ts'
import { type JsonPath, parseJsonPath, selectsIndex, selectsName } from '../payload/json-path.ts'
import { type JsonNode, JsonObject, parseJson, writeJson } from '../payload/json-tree.ts'
import { UnreadableError } from '../payload/limits.ts'
import { isEditableText } from './edits.ts'

export type TransformStep =
  /** `json` is JSON text. Where the last name of the path is not there yet, it is added. */
  | { kind: 'setValue'; path: string; json: string }
  | { kind: 'removeValue'; path: string }
  /** Instead of all headers of this name; added where there is none. */
  | { kind: 'setHeader'; name: string; value: string | null }
  | { kind: 'removeHeader'; name: string }

/** Of what steps mean: it rises whenever the same steps would make something else of a record. */
export const TRANSFORM_VERSION = 1

/** Which change it is: the same steps in the same order, and meant alike. */
export interface TransformMark {
  version: number
  /** SHA-256 in hexadecimal, over the version and each step with what it writes. */
  digest: string
}

export interface Transform {
  values: readonly ValueStep[]
  headers: readonly Extract<TransformStep, { name: string }>[]
}

/** Null to remove. */
interface ValueStep {
  path: JsonPath
  node: JsonNode | undefined
}

export interface TransformedRecord {
  value: Uint8Array | null
  headers: MessageHeader[]
}

/** Why a step cannot be used, in the order of the steps. */
export interface StepFault {
  index: number
  field: 'path' | 'json'
}

/** Deep paths could change places that nobody thought of. */
function isPlain(path: JsonPath): boolean {
  return path.every(({ isDeep }) => !isDeep)
}

export function stepFaults(steps: readonly TransformStep[]): StepFault[] {
  return steps.flatMap((step, index): StepFault[] => {
    if (step.kind !== 'setValue' && step.kind !== 'removeValue') return []
    const path = parseJsonPath(step.path)
    // What is left of a value whose whole is removed is no value: that is a tombstone, and no change of a place.
    const isPath = path !== null && isPlain(path) && (step.kind === 'setValue' || path.length > 0)
    if (!isPath) return [{ index, field: 'path' }]
    return step.kind === 'setValue' && toNode(step.json) === null ? [{ index, field: 'json' }] : []
  })
}

/** Null: nothing is changed. */
export function markOf(steps: readonly TransformStep[]): TransformMark | null {
  if (steps.length === 0) return null
  const version = TRANSFORM_VERSION
  const parts = steps.map((step) => {
    if ('name' in step) return [step.kind, step.name, step.kind === 'setHeader' ? step.value : null]
    return [step.kind, step.path, step.kind === 'setValue' ? step.json : null]
  })
  return {
    version,
    digest: createHash('sha256')
      .update(JSON.stringify([version, parts]))
      .digest('hex'),
  }
}

/** Null when there is nothing to do. @throws TypeError for steps that `stepFaults` names */
export function prepareTransform(steps: readonly TransformStep[]): Transform | null {
  if (steps.length === 0) return null
  if (stepFaults(steps).length > 0) throw new TypeError('a step of the transform is not usable')
  const values: ValueStep[] = []
  const headers: Transform['headers'][number][] = []
  for (const step of steps) {
    if (step.kind === 'setHeader' || step.kind === 'removeHeader') headers.push(step)
    else {
      const node = step.kind === 'setValue' ? toNode(step.json)?.node : undefined
      values.push({ path: parseJsonPath(step.path) ?? [], node })
    }
  }
  return { values, headers }
}

/** Wrapped: JSON knows null. Null: no JSON. */
function toNode(json: string): { node: JsonNode } | null {
  try {
    return { node: parseJson(json) }
  } catch (error) {
    if (error instanceof UnreadableError) return null
    throw error
  }
}

/** Null when it cannot be changed as asked: no JSON, framed by a registry, or nothing where a value is to be set. */
export function applyTransform({ values, headers }: Transform, record: TransformedRecord): TransformedRecord | null {
  const value = values.length === 0 ? record.value : changedValue(values, record.value)
  if (value === undefined) return null
  return { value, headers: headers.reduce(changedHeaders, record.headers) }
}

/** Undefined when it cannot be changed. */
function changedValue(steps: readonly ValueStep[], value: Uint8Array | null): Uint8Array | undefined {
  if (value === null || !isEditableText(value)) return undefined
  const before = toNode(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'))
  if (before === null) return undefined
  let { node } = before
  for (const { path, node: wanted } of steps) {
    const changed = wanted === undefined ? without(node, path) : placed(node, path, wanted)
    if (changed === null) return undefined
    node = changed.node
  }
  return Buffer.from(writeJson(node))
}

function changedHeaders(headers: MessageHeader[], step: Transform['headers'][number]): MessageHeader[] {
  if (step.kind === 'removeHeader') return headers.filter(({ key }) => key !== step.name)
  const wanted = { key: step.name, value: step.value === null ? null : Buffer.from(step.value) }
  const at = headers.findIndex(({ key }) => key === step.name)
  const others = headers.filter(({ key }) => key !== step.name)
  return at < 0 ? [...headers, wanted] : [...others.slice(0, at), wanted, ...others.slice(at)]
}

type Changed = { node: JsonNode } | null

/** Null when the path leads nowhere. */
function placed(node: JsonNode, [step, ...rest]: JsonPath, wanted: JsonNode): Changed {
  if (step === undefined) return { node: wanted }
  let found = 0
  const put = (child: JsonNode): JsonNode => {
    const changed = placed(child, rest, wanted)
    if (changed === null) return child
    found += 1
    return changed.node
  }
  const next = mapSelected(node, step, put)
  if (found > 0) return { node: next }
  const { select } = step
  const canAdd = node instanceof JsonObject && rest.length === 0 && typeof select === 'object' && 'name' in select
  return canAdd ? { node: new JsonObject([...node.members, [select.name, wanted]]) } : null
}

/** What is not there is removed already. */
function without(node: JsonNode, [step, ...rest]: JsonPath): { node: JsonNode } {
  if (step === undefined) return { node }
  if (rest.length > 0) return { node: mapSelected(node, step, (child) => without(child, rest).node) }
  if (node instanceof JsonObject) {
    return { node: new JsonObject(node.members.filter(([name]) => !isMember(step, name))) }
  }
  return { node: Array.isArray(node) ? node.filter((_, index) => !isItem(step, index)) : node }
}

function mapSelected(node: JsonNode, step: JsonPath[number], change: (child: JsonNode) => JsonNode): JsonNode {
  if (node instanceof JsonObject) {
    return new JsonObject(node.members.map(([name, child]) => [name, isMember(step, name) ? change(child) : child]))
  }
  if (!Array.isArray(node)) return node
  return node.map((child, index) => (isItem(step, index) ? change(child) : child))
}

/** Stricter than where something is hidden: `[*]` means lists, and `.*` objects. */
function isMember(step: JsonPath[number], name: string): boolean {
  return step.select !== 'item' && selectsName(step, name)
}

function isItem(step: JsonPath[number], index: number): boolean {
  return step.select !== 'member' && selectsIndex(step, index)
}
