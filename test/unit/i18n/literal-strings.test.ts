import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { literalStrings } from './literal-strings.ts'

const ROOT = join(import.meta.dirname, '../../..')

describe('the search for words in code', () => {
  it.each([
    ['text in an element', '<p>Hello</p>', ['Hello']],
    ['a string in braces', "<p>{'Hello'}</p>", ['Hello']],
    ['either side of a condition', "<p>{a ? 'Yes' : t('no')}</p>", ['Yes']],
    ['after a guard', "<p>{a && 'Yes'}</p>", ['Yes']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code that is searched.
    ['parts of a template', '<p>{`${n} rows`}</p>', ['rows']],
    ['an accessible name', '<button aria-label="Close" />', ['Close']],
    ['a title in braces', "<i title={'Close'} />", ['Close']],
    ['the header of a column', "<C header={x ?? 'Name'} />", ['Name']],
  ])('finds %s', (_name, code, found) => {
    expect(literalStrings('planted.tsx', code).map((literal) => literal.text)).toEqual(found)
  })

  it.each([
    ['a translated text', "<p>{t('hello')}</p>"],
    ['punctuation and numbers', "<p>{a} · 100 % {'—'}</p>"],
    ['attributes that nobody sees', '<p className="text" id="name" role="row" data-state-level="safe" />'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code that is searched.
    ['the name of the product', '<title>{`${x} · Holdfast`}</title>'],
    ['what is compared, not shown', "<p>{kind === 'topic' ? a : b}</p>"],
  ])('passes %s', (_name, code) => {
    expect(literalStrings('planted.tsx', code)).toEqual([])
  })
})

describe('components and pages', () => {
  const files = globSync(['app/**/*.tsx', 'components/**/*.tsx'], { cwd: ROOT })

  it('are looked at', () => {
    expect(files.length).toBeGreaterThan(40)
  })

  it('take every word that a person sees from the message files', () => {
    const found = files.flatMap((file) =>
      literalStrings(file, readFileSync(join(ROOT, file), 'utf8')).map(({ line, text }) => `${file}:${line} ${text}`),
    )
    expect(found).toEqual([])
  })
})
