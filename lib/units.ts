export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** The last moment that ISO 8601 writes with the four digits of a year. */
export const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
