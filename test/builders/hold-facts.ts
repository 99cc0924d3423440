import type { HoldFacts } from '../../lib/durability/troubled-holds.ts'

export const NO_HOLDS: HoldFacts = { troubled: [], topics: new Set() }
