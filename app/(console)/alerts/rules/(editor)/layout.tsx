import type { ReactElement, ReactNode } from 'react'
import { AreaWords } from '../../../../../components/shell/area-words.tsx'

export default function Layout({ children }: { children: ReactNode }): ReactElement {
  return <AreaWords area="alertRules">{children}</AreaWords>
}
