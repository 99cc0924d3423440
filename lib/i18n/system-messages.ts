/**
 * The words of one system. Where RocketMQ has another word for what both systems have (a queue, a master), it stands
 * in the namespace `rocketmq` under the same path as the shared one, and takes its place: who asks for words need not
 * know of it.
 */
import type { Messages } from './messages.ts'

export type System = 'kafka' | 'rocketmq'

interface MessageTree {
  readonly [key: string]: string | MessageTree
}

export function systemMessages(messages: Messages, system: System): Messages {
  return system === 'kafka' ? messages : (replaced(messages, messages.rocketmq) as unknown as Messages)
}

/** Only what is there is replaced: the browser has not all namespaces. */
function replaced(shared: MessageTree, own: MessageTree): MessageTree {
  const words: Record<string, string | MessageTree> = { ...shared }
  for (const [key, word] of Object.entries(own)) {
    const before = shared[key]
    if (typeof before === 'string' && typeof word === 'string') words[key] = word
    else if (typeof before === 'object' && typeof word === 'object') words[key] = replaced(before, word)
  }
  return words
}
