import { Fragment, type ReactElement } from 'react'

export interface EmphasisPart {
  text: string
  isStrong: boolean
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/**
 * Cuts a sentence at the names it is about. A name counts only as a whole word, so that a topic called `a` does not
 * light up every letter; Chinese characters have no word bounds and may stand beside it.
 */
export function cutAtNames(sentence: string, names: readonly string[]): EmphasisPart[] {
  const wanted = [...new Set(names.filter((name) => name !== ''))].sort((one, other) => other.length - one.length)
  if (wanted.length === 0) return [{ text: sentence, isStrong: false }]
  const pattern = new RegExp(`(?<![A-Za-z0-9_.,-])(${wanted.map(escapePattern).join('|')})(?![A-Za-z0-9_-])`)
  return sentence
    .split(pattern)
    .map((text, index) => ({ text, isStrong: index % 2 === 1 }))
    .filter((part) => part.text !== '')
}

/** A sentence with the names in it in bold, to be read from two metres. */
export function Emphasis({ sentence, names }: { sentence: string; names: readonly string[] }): ReactElement {
  return (
    <>
      {cutAtNames(sentence, names).map((part, index) => {
        const key = `${index}`
        return part.isStrong ? (
          <strong key={key} className="font-semibold text-ink">
            {part.text}
          </strong>
        ) : (
          <Fragment key={key}>{part.text}</Fragment>
        )
      })}
    </>
  )
}
