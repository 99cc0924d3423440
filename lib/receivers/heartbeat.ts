/** A sign of life to an address outside: somebody there calls when it stops. */
import { SECOND_MS } from '../units.ts'
import { isOutcome, type SendOptions } from './dial.ts'
import { type Outcome, retry } from './outcome.ts'
import { readAnswer } from './read-answer.ts'
import { sendRequest } from './send-request.ts'

const DEADLINE_SECONDS = 15

/** Rejects only when the signal ends it. */
export async function sendHeartbeat(
  url: string,
  settings: Omit<SendOptions, 'signal'>,
  nowMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const deadline = AbortSignal.timeout(DEADLINE_SECONDS * SECOND_MS)
  try {
    // By GET, which every service of this kind takes.
    const request = { via: 'http', method: 'GET', url, headers: {}, body: '' } as const
    const answer = await sendRequest(request, { ...settings, signal: AbortSignal.any([signal, deadline]) })
    return isOutcome(answer) ? answer : readAnswer('webhook', answer, nowMs)
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
    return retry('answerTimeout', { host: new URL(url).hostname, seconds: DEADLINE_SECONDS })
  }
}
