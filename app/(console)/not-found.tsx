import type { ReactElement } from 'react'
import { NoSuchPage } from '../../components/shell/no-such-page.tsx'

export default function NotFound(): ReactElement {
  return <NoSuchPage />
}
