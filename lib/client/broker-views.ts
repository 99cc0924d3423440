/** What pages conclude from a broker for showing it. Pure. */
import type { BrokerAnswer } from '../api/schemas/brokers.ts'
import type { StateLevel } from './states.ts'

export type BrokerState = 'online' | 'missing' | 'silent'

/** Online null: the cluster lists it, but it does not answer the console. */
export function brokerState(broker: Pick<BrokerAnswer, 'online'>): BrokerState {
  if (broker.online === null) return 'silent'
  return broker.online ? 'online' : 'missing'
}

export const BROKER_STATE_LEVEL: Record<BrokerState, StateLevel> = {
  online: 'safe',
  missing: 'atRisk',
  silent: 'unknown',
}

type LogDir = NonNullable<BrokerAnswer['logDirs']>[number]

/** The log directory whose volume is fullest; null when none is known. */
export function fullestLogDir(broker: Pick<BrokerAnswer, 'logDirs'>): { logDir: LogDir; ratio: number } | null {
  const known = (broker.logDirs ?? []).flatMap((logDir) =>
    logDir.usedRatio === null ? [] : [{ logDir, ratio: logDir.usedRatio }],
  )
  return known.sort((one, other) => other.ratio - one.ratio)[0] ?? null
}

const HIGH_RATIO = 0.85
const CRITICAL_RATIO = 0.95

export function diskLevel(ratio: number): StateLevel {
  if (ratio >= CRITICAL_RATIO) return 'losing'
  return ratio >= HIGH_RATIO ? 'atRisk' : 'safe'
}
