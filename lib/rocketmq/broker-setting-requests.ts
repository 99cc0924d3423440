/** What a hold of retention asks of a broker, and the one change that it makes there. */
import { parseProperties, readBrokerConfig } from './config-mapping.ts'
import { BROKER_CONFIG, type RocketmqRequest } from './rocketmq-requests.ts'

/** Hours for which a broker keeps the messages of all its topics. */
export const RESERVED_TIME = 'fileReservedTime'
const TOLD: readonly string[] = [RESERVED_TIME, 'enableDLegerCommitLog']
const HOURS = /^-?\d{1,9}$/

export interface BrokerSelf {
  /** As the broker calls itself; null when it does not say. */
  brokerName: string | null
  brokerId: string | null
  /** Addresses of the controllers; empty where none elects the master. */
  controllers: string[]
  /** By name, only what a hold has to know. */
  settings: ReadonlyMap<string, string>
}

/** A broker answers all of its settings, secrets among them: what is not named here goes no further. */
export const BROKER_SELF: RocketmqRequest<[], BrokerSelf> = {
  ...BROKER_CONFIG,
  read: (reply) => {
    const text = BROKER_CONFIG.read(reply)
    const values = parseProperties(text)
    return {
      brokerName: values.get('brokerName') ?? null,
      brokerId: values.get('brokerId') ?? null,
      controllers: readBrokerConfig(text).settings.controllers,
      settings: new Map([...values].filter(([name]) => TOLD.includes(name))),
    }
  },
}

export function areHours(text: string): boolean {
  return HOURS.test(text)
}

/** In effect at once; the broker then writes its whole configuration file anew, without the comments that were in it. */
export const SET_RESERVED_TIME: RocketmqRequest<[hours: string], null> = {
  code: 25,
  name: 'UPDATE_BROKER_CONFIG',
  ask: (hours) => ({ body: Buffer.from(`${RESERVED_TIME}=${hours}\n`) }),
  read: () => null,
}
