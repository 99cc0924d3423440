import type { ReactElement, ReactNode } from 'react'

/** Label and value pairs in one line that wraps: small, so that the part of the page below is what is looked at. */
export function FactList({ facts }: { facts: readonly (readonly [string, ReactNode])[] }): ReactElement {
  return (
    <dl className="mb-4 flex flex-wrap gap-x-7 gap-y-2">
      {facts.map(([label, value]) => (
        <div key={label} className="min-w-0 max-w-full">
          <dt className="text-ink3 text-xs">{label}</dt>
          <dd className="font-semibold text-base">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
