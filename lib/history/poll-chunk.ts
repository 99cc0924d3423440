/**
 * A chunk of polls: an hour of some entities of one shard, every value as it was measured.
 *
 *     polls, first time, { change of the step between two times } ..., { interval, for how many polls } ..., tracks
 *
 * One track per metric. Times rise.
 */
import { ByteReader, ByteWriter, checkedContent, withChecksum } from './bytes.ts'
import type { Column } from './column-codec.ts'
import { openTrack, splitTracks, type Track, writeTracks } from './tracks.ts'

export interface PollTimes {
  /** Epoch milliseconds. */
  atMs: Float64Array
  intervalMs: Float64Array
}

export interface PollChunk extends PollTimes {
  track(metric: number): Track<Column>
}

/** @param tracks of each metric its entities' columns */
export function encodePollChunk(times: PollTimes, tracks: readonly (readonly Column[])[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter()
  writeTimes(out, times)
  writeTracks(out, tracks)
  return withChecksum(out.take())
}

/** Null when it is damaged. */
export function decodePollChunk(stored: Uint8Array): PollChunk | null {
  const content = checkedContent(stored)
  if (content === null) return null
  const reader = new ByteReader(content)
  const times = readTimes(reader)
  const tracks = splitTracks(reader)
  return { ...times, track: (metric) => openTrack(tracks, metric, times.atMs.length) }
}

function writeTimes(out: ByteWriter, { atMs, intervalMs }: PollTimes): void {
  out.varint(atMs.length)
  let before = 0
  let step = 0
  for (const time of atMs) {
    out.zigzag(time - before - step)
    step = before === 0 ? 0 : time - before
    before = time
  }
  out.runs(intervalMs)
}

function readTimes(reader: ByteReader): PollTimes {
  const polls = reader.varint()
  const atMs = new Float64Array(polls)
  const intervalMs = new Float64Array(polls)
  let before = 0
  let step = 0
  reader.zigzags(atMs, 0, polls)
  for (let i = 0; i < polls; i += 1) {
    const time = before + step + (atMs[i] as number)
    step = before === 0 ? 0 : time - before
    atMs[i] = time
    before = time
  }
  reader.runs(intervalMs)
  return { atMs, intervalMs }
}
