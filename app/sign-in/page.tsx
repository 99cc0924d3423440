import type { ReactElement } from 'react'
import { SignIn } from '../../components/shell/sign-in.tsx'

interface Search {
  searchParams: Promise<{ next?: string | string[] }>
}

export default async function SignInPage({ searchParams }: Search): Promise<ReactElement> {
  const { next } = await searchParams
  return <SignIn next={typeof next === 'string' ? next : null} />
}
