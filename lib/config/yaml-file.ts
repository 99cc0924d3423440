/**
 * A YAML file as plain values that still knows the line of every path, with `${env:NAME}` and `${file:PATH}`
 * expanded. Reasons never quote the text: the parser's own messages do, and the text may hold a secret.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { ConfigFault, PathPart } from './config-fault.ts'
import { pathText } from './config-fault.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface YamlFile {
  value: unknown
  faults: ConfigFault[]
  lineOf(path: readonly PropertyKey[]): number
}

export function parseYamlFile(file: string, text: string, env: Environment): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  })
  const lineAt = (offset: number): number => lines.linePos(offset).line
  const faults: ConfigFault[] = document.errors.map((error) => ({
    file,
    line: lineAt(error.pos[0]),
    path: '(whole file)',
    reason: `is not valid YAML (${error.code}) at column ${lines.linePos(error.pos[0]).col}`,
  }))
  if (faults.length > 0) return { value: null, faults, lineOf: () => 1 }
  faults.push(...expandScalars(document, file, env, lineAt))
  return {
    value: document.toJS(),
    faults,
    lineOf: (path) => lineAt(offsetOf(document, path)),
  }
}

/** The start of the key at the path, or of the nearest parent that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = (node as Node | null)?.range?.[0] ?? 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
      if (pair === undefined) return offset
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    } else return offset
  }
  return offset
}

function expandScalars(
  document: Document,
  file: string,
  env: Environment,
  lineAt: (offset: number) => number,
): ConfigFault[] {
  const faults: ConfigFault[] = []
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return
      node.value = expand(node.value, env, dirname(file), (reason) => {
        faults.push({
          file,
          line: lineAt(node.range?.[0] ?? 0),
          path: pathText(pathOf(key, ancestors)),
          reason,
        })
      })
    },
  })
  return faults
}

function pathOf(key: unknown, ancestors: readonly unknown[]): PathPart[] {
  const path: PathPart[] = []
  ancestors.forEach((ancestor, index) => {
    const child = ancestors[index + 1]
    if (isSeq(ancestor)) path.push(child === undefined ? Number(key) : ancestor.items.indexOf(child))
    else if (typeof ancestor === 'object' && ancestor !== null && 'key' in ancestor && isScalar(ancestor.key)) {
      path.push(String(ancestor.key.value))
    }
  })
  return path
}

function expand(text: string, env: Environment, folder: string, refuse: (reason: string) => void): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (whole, reference: string) => {
    const [source, ...rest] = reference.split(':')
    const name = rest.join(':')
    if (source === 'env' && name !== '') {
      const value = env[name]
      if (value === undefined || value === '') refuse(`the environment variable ${name} is not set`)
      return value ?? ''
    }
    if (source === 'file' && name !== '') return readText(resolve(folder, name), refuse).replace(/\r?\n$/, '')
    refuse(`only \${env:NAME} and \${file:PATH} can be expanded`)
    return whole
  })
}

/** Text of a small file; a failure is told by its system code. */
export function readText(path: string, refuse: (reason: string) => void): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    refuse(`the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
    return ''
  }
}
