'use client'

import { Menu as MenuIcon, X } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Dialog } from 'radix-ui'
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { ConsoleTrouble } from './console-trouble.tsx'
import { PaletteContext, PaletteKey } from './palette-button.tsx'
import { RailContent, type RailProps } from './rail.tsx'
import { StateIcon } from './state-icon.tsx'

const Palette = dynamic(async () => (await import('./palette.tsx')).Palette, { ssr: false })

/** Opens with Ctrl-K or ⌘-K from anywhere. */
function usePalette(): { isOpen: boolean; wasOpened: boolean; setOpen(open: boolean): void } {
  const [isOpen, setIsOpen] = useState(false)
  const [wasOpened, setWasOpened] = useState(false)
  const setOpen = (open: boolean): void => {
    setIsOpen(open)
    if (open) setWasOpened(true)
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      setIsOpen((open) => !open)
      setWasOpened(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return { isOpen, wasOpened, setOpen }
}

/** The frame of every page: rail, palette, drawer on narrow screens, and a word when the console itself is in trouble. */
export function Shell({ children, ...rail }: RailProps & { children: ReactNode }): ReactElement {
  const t = useTranslations('shell')
  const palette = usePalette()
  return (
    <PaletteContext value={() => palette.setOpen(true)}>
      <StateIcon />
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-ink px-3 py-2 text-bg focus:translate-y-0"
      >
        {t('skip')}
      </a>
      <div className="lg:grid lg:grid-cols-[208px_minmax(0,1fr)]">
        <aside className="sticky top-0 h-dvh overflow-y-auto border-line border-r bg-panel max-lg:hidden">
          <RailContent {...rail} />
        </aside>
        <NarrowBar {...rail} />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full min-w-0 max-w-[1600px] px-4 py-4 outline-none lg:px-6"
        >
          <ConsoleTrouble />
          {children}
        </main>
      </div>
      {palette.wasOpened ? <Palette isOpen={palette.isOpen} onOpenChange={palette.setOpen} /> : null}
    </PaletteContext>
  )
}

function NarrowBar(rail: RailProps): ReactElement {
  const t = useTranslations('shell')
  const pathname = usePathname()
  const [openAt, setOpenAt] = useState<string | null>(null)
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-line border-b bg-panel px-3 lg:hidden">
      {/* Going to another page closes the drawer, since it is open for one address only. */}
      <Dialog.Root open={openAt === pathname} onOpenChange={(open) => setOpenAt(open ? pathname : null)}>
        <Dialog.Trigger asChild>
          <Button look="quiet" square aria-label={t('openMenu')}>
            <MenuIcon aria-hidden className="size-5" />
          </Button>
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.45)] lg:hidden" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 w-64 overflow-y-auto border-line border-r bg-panel pt-1 lg:hidden"
          >
            <div className="flex items-center justify-between px-4 pt-2">
              <Dialog.Title className="font-semibold text-lg">{t('product')}</Dialog.Title>
              <Dialog.Close asChild>
                <Button look="quiet" square aria-label={t('closeMenu')}>
                  <X aria-hidden className="size-4" />
                </Button>
              </Dialog.Close>
            </div>
            <RailContent {...rail} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <Link href="/" className="flex-1 font-semibold text-base">
        {t('product')}
      </Link>
      <PaletteKey />
    </header>
  )
}
