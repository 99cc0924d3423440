import { redirect } from 'next/navigation'
import { PLACE_HREF } from '../../../components/shell/places.ts'

/** The first of its parts. */
export default function Page(): never {
  redirect(PLACE_HREF.receivers)
}
