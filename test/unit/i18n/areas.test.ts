/** Each page's HTML carries the words that its components ask for, and not all others. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AREAS, type Area, EVERYWHERE, withWords, wordsOf } from '../../../lib/i18n/areas.ts'
import { en } from '../../../lib/i18n/en.ts'

const ROOT = join(import.meta.dirname, '../../..')
const IMPORTS = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g
const ASKED = /useTranslations\(\s*'(\w+)/g

interface Module {
  imports: string[]
  namespaces: string[]
}

const modules = new Map<string, Module>()

function moduleOf(file: string): Module {
  const known = modules.get(file)
  if (known !== undefined) return known
  const code = readFileSync(file, 'utf8')
  const paths = [...code.matchAll(IMPORTS)].map(([, path]) => resolve(dirname(file), path ?? ''))
  const made = {
    imports: paths.filter((path) => /\.tsx?$/.test(path) && existsSync(path)),
    namespaces: [...code.matchAll(ASKED)].map(([, name]) => name ?? ''),
  }
  modules.set(file, made)
  return made
}

/** Of a file and all that it imports. */
function namespacesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set()
  seen.add(file)
  const { imports, namespaces } = moduleOf(file)
  return new Set([...namespaces, ...imports.flatMap((path) => [...namespacesOf(path, seen)])])
}

/** By the layouts that stand above a page. */
function areasOf(page: string): Area[] {
  const areas: Area[] = []
  for (let folder = dirname(page); folder !== ROOT; folder = dirname(folder)) {
    const layout = join(folder, 'layout.tsx')
    if (!existsSync(layout)) continue
    areas.push(
      ...[...readFileSync(layout, 'utf8').matchAll(/<AreaWords area="(\w+)"/g)].map(([, area]) => area as Area),
    )
  }
  return areas
}

const pages = globSync(['app/**/{page,loading,error,not-found}.tsx'], { cwd: ROOT })

describe('the words of each page', () => {
  it('are looked for', () => {
    expect(pages.length).toBeGreaterThan(20)
    expect([...namespacesOf(join(ROOT, 'app/(console)/page.tsx'))]).toContain('overview')
  })

  it.each(pages)('%s', (page) => {
    const file = join(ROOT, page)
    const given = new Set<string>([...EVERYWHERE, ...areasOf(file).flatMap((area) => AREAS[area])])
    expect([...namespacesOf(file)].filter((name) => !given.has(name))).toEqual([])
  })

  it('are given by each area to some page', () => {
    const used = new Set(pages.flatMap((page) => areasOf(join(ROOT, page))))
    expect([...used].sort()).toEqual(Object.keys(AREAS).sort())
  })
})

describe('words of an area', () => {
  it('bring RocketMQ’s own for the same namespaces, beside those that are there', () => {
    const before = wordsOf(en, ['overview'])
    const more = wordsOf(en, ['topics'])
    expect(Object.keys(withWords(before, more))).toEqual(['overview', 'rocketmq', 'topics'])
    expect(withWords(before, more).rocketmq).toEqual({ overview: en.rocketmq.overview, topics: en.rocketmq.topics })
    expect(wordsOf(en, ['ui'])).toEqual({ ui: en.ui, rocketmq: {} })
  })
})
