/** Kafka's own tools under the names that people call them by, in one warm process, for command lines as they stand. */
import { filtered, shell, takenApart } from './command-line.ts'
import { startJavaPeer } from './java-peer.ts'
import { KAFKA_TOOLS, type KafkaTool } from './kafka-cluster.ts'
import { kafkaJars } from './maven.ts'

const JVM = [
  ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  // What it tells of itself would be taken for what a tool prints.
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
]
const TOOL = /^(kafka-[\w-]+)\.sh /

export interface ToolOutcome {
  isDone: boolean
  /** What it printed and what it complained of, or what a filter behind it left of that. */
  text: string
}

export interface KafkaShell {
  run(line: string): Promise<ToolOutcome>
  close(): Promise<void>
}

/** @param folder exists; commands run there, and leave their files there */
export async function openKafkaShell(folder: string): Promise<KafkaShell> {
  const jars = await kafkaJars()
  const peer = await startJavaPeer('KafkaTools', { jvm: JVM, jars, args: [], env: process.env, folder })
  return {
    async run(line) {
      const tool = TOOL.exec(line)?.[1]
      if (tool === undefined) return { isDone: true, text: shell(line, { cwd: folder }) }
      const command = takenApart(line)
      const call = peer.call(KAFKA_TOOLS[tool as KafkaTool], ...command.words.slice(1))
      const outcome = await call.then(
        (text) => ({ isDone: true, text }),
        (error: Error) => ({ isDone: false, text: error.message }),
      )
      return outcome.isDone ? { ...outcome, text: filtered(outcome.text, command) } : outcome
    },
    close: () => peer.stop(),
  }
}
