'use client'

import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Dialog as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Button } from './button.tsx'
import { cn } from './cn.ts'

export interface DialogProps {
  open: boolean
  onOpenChange(open: boolean): void
  title: string
  /** One sentence under the title. */
  description?: ReactNode
  children: ReactNode
  /** Buttons, the one that acts last. */
  actions?: ReactNode
  wide?: boolean
}

/** A dialog that names its title and description to assistive technology and scrolls inside small screens. */
export function Dialog(props: DialogProps): ReactElement {
  const { open, onOpenChange, title, description, children, actions, wide } = props
  const t = useTranslations('ui')
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.45)]" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={cn(
            'panel fixed top-4 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col sm:top-[10vh] sm:max-h-[80vh]',
            wide ? 'max-w-2xl' : 'max-w-lg',
          )}
        >
          <div className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
              {description === undefined ? null : (
                <Radix.Description className="text-ink2">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button look="quiet" square aria-label={t('close')}>
                <X aria-hidden className="size-4" />
              </Button>
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>
          {actions === undefined ? null : (
            <div className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-3">{actions}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
