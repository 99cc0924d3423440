/** One listener per signal, however many wait on it: a signal compares each new listener with all that it has. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls back once when the signal aborts. @returns takes the call back */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (signal === undefined) return () => undefined
  const callbacks = waiting.get(signal) ?? listenTo(signal)
  callbacks.add(abort)
  return () => void callbacks.delete(abort)
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>()
  waiting.set(signal, callbacks)
  const tellAll = (): void => {
    for (const abort of callbacks) abort()
  }
  signal.addEventListener('abort', tellAll, { once: true })
  return callbacks
}
