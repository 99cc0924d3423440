/**
 * Parses .proto texts in a thread of its own. A parser is not made for hostile texts: of 300 KiB, a list of reserved
 * numbers keeps it busy for minutes. A thread can be stopped, and everything else goes on meanwhile.
 */
import { Worker } from 'node:worker_threads'
import { SECOND_MS } from '../units.ts'
import { LimitedTurns } from './limited-turns.ts'
import type { ProtobufSchema } from './protobuf-schema.ts'
import { UnusableSchemaError } from './unusable-schema.ts'

const DEADLINE_MS = 3 * SECOND_MS
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }
/** One leaves the other core to everybody else. */
const turns = new LimitedTurns(1)

/**
 * @param references texts of the files it imports, each behind those that it needs itself
 * @throws UnusableSchemaError
 */
export function compileProtobuf(
  text: string,
  references: readonly string[],
  deadlineMs: number = DEADLINE_MS,
): Promise<ProtobufSchema> {
  return turns.run(() => inThread(text, references, deadlineMs))
}

async function inThread(text: string, references: readonly string[], deadlineMs: number): Promise<ProtobufSchema> {
  const thread = new Worker(new URL('./protobuf-thread.ts', import.meta.url), {
    workerData: { text, references },
    resourceLimits: MEMORY_LIMITS,
    env: {},
    execArgv: [],
    // What it would write of a failure is in the error already.
    stderr: true,
  })
  const answer = Promise.withResolvers<ProtobufSchema>()
  const deadline = setTimeout(() => answer.reject(new UnusableSchemaError()), deadlineMs)
  thread.once('message', answer.resolve)
  thread.once('error', (error) => answer.reject(new UnusableSchemaError(error)))
  thread.once('exit', () => answer.reject(new UnusableSchemaError()))
  try {
    return await answer.promise
  } finally {
    clearTimeout(deadline)
    await thread.terminate()
  }
}
