import type { ReactElement } from 'react'
import { NewReplayPage } from '../../../../components/replay/new-replay-page.tsx'

/** Asks for nothing early: what the form shows depends on a selection that may be wrong, and says so itself. */
export default function Page(): ReactElement {
  return <NewReplayPage />
}
