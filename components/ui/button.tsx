import { Slot } from 'radix-ui'
import type { ButtonHTMLAttributes, ReactElement, Ref } from 'react'
import { cn } from './cn.ts'

const LOOKS = {
  plain: 'border-line bg-panel text-ink hover:bg-line2',
  /** The one action a page is about. */
  primary: 'border-ink bg-ink text-bg font-semibold hover:opacity-85',
  danger: 'border-losing bg-panel text-losing font-semibold hover:bg-losebg',
  quiet: 'border-transparent bg-transparent text-ink2 hover:bg-line2 hover:text-ink',
} as const

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS
  /** Square, for a lone icon; give it an `aria-label`. */
  square?: boolean
  /** Puts the looks on the only child, such as a link. */
  asChild?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({ look = 'plain', square, asChild, className, ...rest }: ButtonProps): ReactElement {
  const Element = asChild ? Slot.Root : 'button'
  return (
    <Element
      {...(asChild ? {} : { type: 'button' as const })}
      className={cn(
        'inline-flex h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border text-sm transition-colors disabled:opacity-50',
        square ? 'w-8 px-0' : 'px-3',
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  )
}
