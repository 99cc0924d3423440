/** Details of topics and groups are spread over chunks by their names, so that reading one decodes one chunk. */

export type ChunkedSection = 'topic' | 'config' | 'group'

/** The number of chunks is part of the name: a reader that still has the old number finds nothing, not the wrong chunk. */
export function sectionName(kind: ChunkedSection, chunks: number, index: number): string {
  return `${kind}/${chunks}/${index}`
}

/** A power of two, so that a growing cluster seldom changes its layout. */
export function chunksFor(items: number, itemsPerChunk: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(items / itemsPerChunk)))
}

/** FNV-1a: any even spread will do, but it must never change. */
export function chunkOf(name: string, chunks: number): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < name.length; i += 1) sum = Math.imul(sum ^ name.charCodeAt(i), 0x01000193)
  return (sum >>> 0) % chunks
}
