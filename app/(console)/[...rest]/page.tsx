import { notFound } from 'next/navigation'

/** Any other address: the not-found page with the rail around it. */
export default function Unmatched(): never {
  notFound()
}
