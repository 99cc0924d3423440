import { setTimeout as sleep } from 'node:timers/promises'
import { MessageAccessError } from '../cluster/messages.ts'

const ASK_AGAIN_MS = 500

/** Null: the topic is gone. Asked twice before that is believed: a broker that has just started may not know all yet. */
export async function unlessGone<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof MessageAccessError) || error.fault.code !== 'topicDeleted') throw error
      if (attempt === 2) return null
      await sleep(ASK_AGAIN_MS, undefined, { signal })
    }
  }
}
