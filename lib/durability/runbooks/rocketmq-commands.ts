/** Lines for RocketMQ's `mqadmin` that the console writes in more than one place. */
import { quoted } from './runbook.ts'

/** Stands for the address of a broker that only the step before tells. */
export const ANY_BROKER = 'BROKER_ADDRESS'

/** @param address NameServers */
export function mqadminLine(address: string, name: string, ...options: string[]): string {
  return [`mqadmin ${name} -n ${quoted(address)}`, ...options].join(' ')
}

/** @param broker `host:port` */
export function setOnBroker(address: string, broker: string, setting: string, value: string): string {
  return mqadminLine(address, 'updateBrokerConfig', `-b ${quoted(broker)}`, `-k ${quoted(setting)} -v ${quoted(value)}`)
}
