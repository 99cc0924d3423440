/** The words and tables of `npm run db`: plain text, each number with its unit. */
import { digitsFor, formatNumber, scaleBytes } from '../client/format.ts'
import type { StorageSize } from '../db/storage-size.ts'
import type { CheckedHistory, Damage } from '../history/check-history.ts'
import type { LevelSize } from '../history/history-sizes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'

const LOCALE = 'en'

export interface NewestPoll {
  clusterId: string
  atMs: number | null
}

export function newestPollLines(polls: readonly NewestPoll[]): string[] {
  if (polls.length === 0) return ['It holds no cluster yet.']
  const rows = polls.map(({ clusterId, atMs }) => [`  ${clusterId}`, atMs === null ? 'none' : timeText(atMs)])
  return ['Newest poll in it:', ...tableLines(rows, 'll')]
}

export function damageLine(damage: Damage): string {
  const { clusterId, kind, range, rows, fault } = damage
  const where = range === null ? '' : `, ${rangeText(range)}`
  const cluster = clusterId === null ? 'no cluster' : `cluster ${clusterId}`
  const count = rows === 1 ? '' : `, ${formatNumber(LOCALE, rows)} rows`
  return `Damaged: ${cluster}, ${PARTS[damage.part](damage)}${kind === '' ? '' : ` of ${kind}`}${where}${count}: ${FAULTS[fault]}`
}

const PARTS: Record<Damage['part'], (damage: Damage) => string> = {
  names: () => 'names of the series',
  openPolls: () => 'polls that are not sealed',
  polls: () => 'sealed polls',
  steps: ({ stepSeconds }) => `steps of ${stepText(stepSeconds)}`,
  newestPoll: () => 'newest poll, part',
  shard: () => 'a shard',
}

const FAULTS: Record<Damage['fault'], string> = {
  checksum: 'the bytes are not those that were written (checksum)',
  content: 'the bytes are those that were written, but do not decode',
  lostWhenSealed: 'they were damaged before their hour was sealed',
  noKeyFrame: 'what they follow from is missing',
  undecodable: 'does not decode',
  unreadable: 'the database cannot read its rows',
  noShard: 'they belong to no shard',
}

export function checkSummaryLine(checked: CheckedHistory, seconds: number): string {
  const { rows, bytes, values, steps, damages, olderSections } = checked
  const count = (number: number, one: string, many: string): string =>
    `${formatNumber(LOCALE, number)} ${number === 1 ? one : many}`
  const parts = [
    `${count(rows, 'row', 'rows')} (${bytesText(bytes)})`,
    `${count(values, 'sample', 'samples')} of polls`,
    `${count(steps, 'step', 'steps')} of rollups`,
    `${formatNumber(LOCALE, seconds, 1)} s`,
  ]
  const older =
    olderSections === 0
      ? ''
      : ` ${olderSections} parts of newest polls are of an older version: the next poll replaces them.`
  const verdict = damages === 0 ? 'All is sound' : count(damages, 'damage found', 'damages found')
  return `${verdict}: ${parts.join(', ')}.${older}`
}

export function sizeLines(storage: StorageSize, levels: readonly LevelSize[]): string[] {
  const { tables, totalBytes, freeBytes, walBytes } = storage
  const ofTables = tables.map(({ table, rows, bytes }) => [table, formatNumber(LOCALE, rows), bytesText(bytes)])
  const ofLevels = levels.map((level) => [
    level.clusterId,
    levelText(level.stepSeconds),
    formatNumber(LOCALE, level.rows),
    bytesText(level.bytes),
    level.bytesPerValue === null ? 'unknown' : `${formatNumber(LOCALE, level.bytesPerValue, 2)} B`,
    timeText(level.fromMs),
    timeText(level.untilMs),
  ])
  const rest = [
    ...(freeBytes === null ? [] : [['Free pages in the file', bytesText(freeBytes)]]),
    ...(walBytes === null ? [] : [['Log beside it (-wal)', bytesText(walBytes)]]),
    [walBytes === null ? 'Whole database' : 'File and log', bytesText(totalBytes + (walBytes ?? 0))],
  ]
  return [
    ...tableLines([['table', 'rows', 'with indexes'], ...ofTables], 'lrr'),
    '',
    ...tableLines([HISTORY_HEADER, ...ofLevels], 'llrrrll'),
    '',
    ...tableLines(rest, 'lr'),
  ]
}

const HISTORY_HEADER = ['history of', 'level', 'rows', 'content', 'per sample ≈', 'from', 'until']

function levelText(stepSeconds: number | null): string {
  if (stepSeconds === null) return 'polls, not sealed'
  return stepSeconds === 0 ? 'polls, sealed' : `steps of ${stepText(stepSeconds)}`
}

function stepText(stepSeconds: number): string {
  const stepMs = stepSeconds * SECOND_MS
  return stepMs % HOUR_MS === 0 ? `${stepMs / HOUR_MS} h` : `${stepMs / MINUTE_MS} min`
}

export function bytesText(bytes: number): string {
  const { value, unit } = scaleBytes(bytes)
  return `${formatNumber(LOCALE, value, digitsFor(value))} ${unit}`
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+/, '')
}

function rangeText({ fromMs, untilMs }: { fromMs: number; untilMs: number }): string {
  return fromMs === untilMs ? timeText(fromMs) : `${timeText(fromMs)} to ${timeText(untilMs)}`
}

/** @param sides of each column, `l` or `r`: where its cells stand */
export function tableLines(rows: readonly (readonly string[])[], sides: string): string[] {
  const widths = [...sides].map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        sides[column] === 'r' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
