import { useState } from 'react'

export interface Clipboard {
  /** `refused`: without HTTPS there is no clipboard, or the person forbade it. */
  state: 'ready' | 'copied' | 'refused'
  copy(): void
  reset(): void
}

/** @param text asked for when it is copied */
export function useClipboard(text: () => string): Clipboard {
  const [state, setState] = useState<Clipboard['state']>('ready')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text())
      setState('copied')
    } catch {
      setState('refused')
    }
  }
  return { state, copy: () => void copy(), reset: () => setState('ready') }
}
