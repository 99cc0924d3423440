/** What was asked of `npm run demo`. */
import { parseArgs } from 'node:util'

export type DemoSystem = 'kafka' | 'rocketmq'

export type DemoRequest =
  | { kind: 'run'; port: number | null; systems: DemoSystem[] }
  | { kind: 'fault'; name: string; port: number | null }
  | { kind: 'refused'; text: string }

const USAGE = `npm run demo                        Kafka and RocketMQ, each with a workload, and the console
npm run demo -- --kafka-only        without RocketMQ
npm run demo -- --rocketmq-only     without Kafka
npm run demo -- --port N            the console on this port
npm run demo -- fault NAME          injects a fault into the running demo (fault list names them)`

const ONLY_FLAGS = [
  ['kafka-only', 'kafka'],
  ['rocketmq-only', 'rocketmq'],
] as const

export function parseDemoArguments(args: string[]): DemoRequest {
  const parsed = parse(args)
  if (typeof parsed === 'string') return { kind: 'refused', text: `${parsed}\n${USAGE}` }
  const { values, positionals } = parsed
  const port = values.port === undefined ? null : Number(values.port)
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    return { kind: 'refused', text: `--port must be a number from 1 to 65535.\n${USAGE}` }
  }
  const only = ONLY_FLAGS.filter(([flag]) => values[flag]).map(([, system]) => system)
  if (only.length > 1) {
    return { kind: 'refused', text: `--kafka-only and --rocketmq-only exclude each other: leave both out to see both.` }
  }
  const [command, name, ...more] = positionals
  if (command === undefined) return { kind: 'run', port, systems: only.length > 0 ? only : ['kafka', 'rocketmq'] }
  if (command === 'fault' && more.length === 0) return { kind: 'fault', name: name ?? 'list', port }
  return { kind: 'refused', text: USAGE }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { port: { type: 'string' }, 'kafka-only': { type: 'boolean' }, 'rocketmq-only': { type: 'boolean' } },
    })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
