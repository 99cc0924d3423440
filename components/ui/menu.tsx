'use client'

import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn.ts'

const ITEM =
  'flex min-h-8 cursor-pointer select-none items-center gap-2 rounded px-2 py-1 text-sm outline-none data-highlighted:bg-line2'

export function Menu({
  trigger,
  children,
  align = 'start',
}: {
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'end'
}): ReactElement {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="panel z-50 max-h-[70vh] min-w-44 max-w-80 overflow-y-auto p-1"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function MenuItem({ onSelect, children }: { onSelect(): void; children: ReactNode }): ReactElement {
  return (
    <DropdownMenu.Item className={ITEM} onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  )
}

/** A ticked item that leaves the menu open, for choosing several in a row. */
export function MenuCheckboxItem(props: {
  checked: boolean
  onCheckedChange(checked: boolean): void
  children: ReactNode
}): ReactElement {
  return (
    <DropdownMenu.CheckboxItem
      className={cn(ITEM, 'relative pl-7')}
      checked={props.checked}
      onCheckedChange={props.onCheckedChange}
      onSelect={(event) => event.preventDefault()}
    >
      <DropdownMenu.ItemIndicator className="absolute left-2">
        <Check aria-hidden className="size-4" />
      </DropdownMenu.ItemIndicator>
      {props.children}
    </DropdownMenu.CheckboxItem>
  )
}

export function MenuRadioGroup<Value extends string>(props: {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onValueChange(value: Value): void
}): ReactElement {
  return (
    <DropdownMenu.RadioGroup
      value={props.value}
      onValueChange={(value) => {
        const chosen = props.options.find((option) => option.value === value)
        if (chosen !== undefined) props.onValueChange(chosen.value)
      }}
    >
      <DropdownMenu.Label className="px-2 pt-2 pb-1 text-ink3 text-xs">{props.label}</DropdownMenu.Label>
      {props.options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className={cn(ITEM, 'relative pl-7')}>
          <DropdownMenu.ItemIndicator className="absolute left-2">
            <Check aria-hidden className="size-4" />
          </DropdownMenu.ItemIndicator>
          {option.label}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export function MenuSeparator(): ReactElement {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}
