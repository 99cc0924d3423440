import type { ReactElement } from 'react'
import { LintPage } from '../../../components/lint/lint-page.tsx'

/** Asks for nothing early: there is nothing to show before somebody pasted a text. */
export default function Page(): ReactElement {
  return <LintPage />
}
