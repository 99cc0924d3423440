/** Plain data: primitives, arrays, and objects that have fields only. */

/** Whether two values hold the same; the order of an object's fields does not count. */
export function saysTheSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other)
  return isSameObject(one as Record<string, unknown>, other as Record<string, unknown>)
}

/** `previous` if it holds the same as `next`, else `next`: who compares by reference then sees that nothing changed. */
export function unchanged<T extends object>(previous: T | undefined, next: T): T {
  return previous !== undefined && saysTheSame(previous, next) ? previous : next
}

/** Whether two lists hold the very same objects, in the same order. */
export function hasSameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}

function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  for (let i = 0; i < one.length; i += 1) if (!saysTheSame(one[i], other[i])) return false
  return true
}

/** Without lists of names, which would be new memory for every object compared. */
function isSameObject(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  let fields = 0
  for (const name in one) {
    const value = one[name]
    if (!saysTheSame(value, other[name]) || (value === undefined && !(name in other))) return false
    fields += 1
  }
  for (const _ in other) fields -= 1
  return fields === 0
}
