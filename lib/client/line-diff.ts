/** What changed in a text, by lines. Pure, and bounded: a text of many lines is compared by its ends alone. */

export interface DiffLine {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Beyond this many pairs of changed lines a table of them would take too much memory and time. */
const MAX_PAIRS = 2_000_000

export function diffLines(before: string, after: string): DiffLine[] {
  const old = before.split('\n')
  const young = after.split('\n')
  const head = commonLength(old, young)
  const tailMax = Math.min(old.length, young.length) - head
  const tail = Math.min(tailMax, commonLength(old.toReversed(), young.toReversed()))
  const middle = diffMiddle(old.slice(head, old.length - tail), young.slice(head, young.length - tail))
  return [...same(old.slice(0, head)), ...middle, ...same(old.slice(old.length - tail))]
}

function commonLength(one: readonly string[], other: readonly string[]): number {
  const end = Math.min(one.length, other.length)
  let length = 0
  while (length < end && one[length] === other[length]) length += 1
  return length
}

function same(lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ kind: 'same', text }))
}

/** The longest common subsequence, where both sides are short enough; else all of one and then all of the other. */
function diffMiddle(old: readonly string[], young: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text })
  const added = (text: string): DiffLine => ({ kind: 'added', text })
  if (old.length * young.length > MAX_PAIRS || old.length === 0 || young.length === 0) {
    return [...old.map(removed), ...young.map(added)]
  }
  const lengths = commonLengths(old, young)
  const width = young.length + 1
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length && j < young.length) {
    if (old[i] === young[j]) {
      lines.push({ kind: 'same', text: old[i] ?? '' })
      i += 1
      j += 1
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      lines.push(removed(old[i] ?? ''))
      i += 1
    } else {
      lines.push(added(young[j] ?? ''))
      j += 1
    }
  }
  return [...lines, ...old.slice(i).map(removed), ...young.slice(j).map(added)]
}

/** `lengths[i * (n + 1) + j]`: how long the common rest of `old` from i and `young` from j is. Within `MAX_PAIRS` none is long. */
function commonLengths(old: readonly string[], young: readonly string[]): Uint16Array {
  const width = young.length + 1
  const lengths = new Uint16Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = young.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        old[i] === young[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
    }
  }
  return lengths
}

/** Lines far from any change are left out: `null` stands for a gap. */
export function aroundChanges(lines: readonly DiffLine[], context: number): (DiffLine | null)[] {
  const isNear = lines.map(() => false)
  lines.forEach((line, at) => {
    if (line.kind !== 'same') isNear.fill(true, Math.max(0, at - context), at + context + 1)
  })
  const shown: (DiffLine | null)[] = []
  lines.forEach((line, at) => {
    if (isNear[at] === true) shown.push(line)
    else if (shown.at(-1) !== null) shown.push(null)
  })
  return shown
}
