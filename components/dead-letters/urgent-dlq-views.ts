import type { ListView } from '../../lib/client/queries/resource.ts'

const LOOKED_AT = 100

export const FULLEST_DLQS: ListView = { q: '', sort: '-depth', limit: LOOKED_AT }
const SOONEST_DLQS: ListView = { q: '', sort: 'expiresAt', limit: LOOKED_AT }

/** The lists that hold what needs a person first, however many queues there are. */
export const URGENT_DLQ_VIEWS = [FULLEST_DLQS, SOONEST_DLQS] as const
