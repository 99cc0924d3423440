/** Lines for Kafka's own tools that the console writes in more than one place. */
import { option, quoted } from './runbook.ts'

/** @param address bootstrap servers */
export function kafkaTool(address: string, name: string, ...options: string[]): string {
  return [`kafka-${name}.sh --bootstrap-server ${quoted(address)}`, ...options].join(' ')
}

export function describeKafkaTopic(address: string, topic: string): string {
  return kafkaTool(address, 'topics', '--describe', option('--topic', topic))
}

/** @param change `--add-config …` or `--delete-config …` */
export function alterKafkaTopic(address: string, topic: string, change: string): string {
  return kafkaTool(address, 'configs', '--alter --entity-type topics', option('--entity-name', topic), change)
}
