'use client'

import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { LINT_CLIENTS, type LintChoice } from '../../lib/client/lint-views.ts'

const PARSERS = {
  client: parseAsStringLiteral(LINT_CLIENTS).withDefault('javaProducer'),
  version: parseAsString.withDefault(''),
  cluster: parseAsString.withDefault(''),
  topic: parseAsString.withDefault(''),
}

/** What is checked lives in the address, but for the text. */
export function useLintChoice(): [LintChoice, (part: Partial<LintChoice>) => void] {
  const [choice, setChoice] = useQueryStates(PARSERS)
  return [choice, (part) => void setChoice(part)]
}
