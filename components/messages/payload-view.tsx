'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo, useState } from 'react'
import type { BytesAnswer } from '../../lib/api/schemas/messages.ts'
import {
  formatJson,
  HEX_ROW_BYTES,
  hexRow,
  isBinary,
  layOutJson,
  payloadText,
  rawBytes,
  splitJsonLine,
  textLines,
} from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { isWithheld, Withheld } from '../ui/withheld.tsx'
import { LineList } from './line-list.tsx'

export type PayloadPart = 'key' | 'value'

export interface PayloadViewProps {
  /** Null: the message has none. */
  payload: BytesAnswer | null
  part: PayloadPart
  /** `pair`: what was sent and what it means side by side. `single`: one of them at a time. */
  layout?: 'single' | 'pair'
  /** Asks for more of a payload of which only the first part is here; left out where that is all there is to have. */
  onMore?: () => void
  isLoadingMore?: boolean
  /** Explains a missing payload in other words, such as where it lies instead. */
  missing?: ReactNode
}

type RawView = 'text' | 'hex'
type View = 'decoded' | RawView

/** The bytes of a key or value: decoded, as text and in hexadecimal. All of it is text, whatever it holds. */
export function PayloadView(props: PayloadViewProps): ReactElement {
  const { payload, part } = props
  if (payload === null) return <NoPayload part={part} missing={props.missing} />
  if (isWithheld(payload)) {
    return (
      <p className="px-3 py-3">
        <Withheld payload={payload} isLong />
      </p>
    )
  }
  return (
    <div>
      {props.layout === 'pair' ? (
        <PairView payload={payload} part={part} />
      ) : (
        <SingleView payload={payload} part={part} />
      )}
      <PayloadNotes {...props} payload={payload} />
    </div>
  )
}

function NoPayload({ part, missing }: Pick<PayloadViewProps, 'part' | 'missing'>): ReactElement {
  const t = useTranslations('payload')
  return (
    <p className="px-3 py-2 text-ink2">
      <span className="mr-2 rounded border border-line px-1.5 py-0.5 font-mono text-xs">{t('null')}</span>
      {missing ?? t(`none.${part}`)}
    </p>
  )
}

interface PartProps {
  payload: BytesAnswer
  part: PayloadPart
}

/** More would hold the page up while it is laid out. */
const MAX_DECODED_LETTERS = 512 * 1_024

interface DecodedText {
  text: string
  /** Only the beginning is laid out. */
  isPart: boolean
}

/** The decoded form as text; null when there is none. */
function decodedText({ decoded, data, encoding, truncated }: BytesAnswer): DecodedText | null {
  // A rule may hide some of it, and other formats have no text of their own.
  if (decoded !== null && (decoded.format !== 'json' || decoded.masked.length > 0 || encoding !== 'utf8')) {
    const text = JSON.stringify(decoded.json, null, 2)
    return { text: text.slice(0, MAX_DECODED_LETTERS), isPart: text.length > MAX_DECODED_LETTERS }
  }
  if (encoding !== 'utf8') return null
  if (truncated || data.length > MAX_DECODED_LETTERS) {
    // The beginning of JSON cannot be told from other text: somebody must have read all of it.
    if (decoded === null) return null
    return { text: layOutJson(data.slice(0, MAX_DECODED_LETTERS)), isPart: true }
  }
  const text = formatJson(data)
  return text === null ? null : { text, isPart: false }
}

function useDecodedText(payload: BytesAnswer): DecodedText | null {
  return useMemo(() => decodedText(payload), [payload])
}

function SingleView({ payload, part }: PartProps): ReactElement {
  const t = useTranslations('payload')
  const decoded = useDecodedText(payload)
  const [chosen, setChosen] = useState<View | null>(null)
  const first = decoded !== null ? 'decoded' : firstRawView(payload)
  const view = chosen === 'decoded' && decoded === null ? first : (chosen ?? first)
  const views: View[] = decoded === null ? ['text', 'hex'] : ['decoded', 'text', 'hex']
  return (
    <>
      <PaneHead text={() => copyText(payload, view, decoded?.text ?? null)}>
        <Segmented
          label={t(`viewOf.${part}`)}
          value={view}
          onValueChange={(value) => setChosen(value)}
          options={views.map((value) => ({ value, label: value === 'decoded' ? decodedName(t, payload) : t(value) }))}
        />
      </PaneHead>
      <Pane payload={payload} view={view} decoded={decoded?.text ?? null} label={t(`part.${part}`)} />
      {view === 'decoded' && decoded?.isPart === true && <OnlyPart />}
    </>
  )
}

function PairView({ payload, part }: PartProps): ReactElement {
  const t = useTranslations('payload')
  const decoded = useDecodedText(payload)
  const [chosen, setChosen] = useState<RawView | null>(null)
  const raw = chosen ?? firstRawView(payload)
  return (
    <div className="grid lg:grid-cols-2">
      <div className="min-w-0 max-lg:border-line max-lg:border-b">
        <PaneHead text={() => copyText(payload, raw, null)}>
          <Segmented
            label={t(`viewOf.${part}`)}
            value={raw}
            onValueChange={(value) => setChosen(value)}
            options={(['text', 'hex'] as const).map((value) => ({ value, label: t(value) }))}
          />
        </PaneHead>
        <Pane payload={payload} view={raw} decoded={null} label={t('rawOf', { part: t(`part.${part}`) })} />
      </div>
      <div className="min-w-0 lg:border-line lg:border-l">
        {decoded === null ? (
          <NotDecoded payload={payload} />
        ) : (
          <>
            <PaneHead text={() => decoded.text}>
              <span className="text-ink3 text-xs">{decodedName(t, payload)}</span>
            </PaneHead>
            <Pane
              payload={payload}
              view="decoded"
              decoded={decoded.text}
              label={t('decodedOf', { part: t(`part.${part}`) })}
            />
            {decoded.isPart && <OnlyPart />}
          </>
        )}
      </div>
    </div>
  )
}

function OnlyPart(): ReactElement {
  const t = useTranslations('payload')
  return <p className="px-3 pb-2 text-ink3 text-xs">{t('onlyPart')}</p>
}

type PayloadWords = ReturnType<typeof useTranslations<'payload'>>

function decodedName(t: PayloadWords, { decoded }: BytesAnswer): string {
  if (decoded === null || decoded.format === 'json') return t('format.json')
  const format = t(`format.${decoded.format}`)
  return decoded.schemaId === null ? format : t('withSchema', { format, id: String(decoded.schemaId) })
}

/** What is not text is better read in hexadecimal. */
function firstRawView(payload: BytesAnswer): RawView {
  return isBinary(payload) ? 'hex' : 'text'
}

function copyText(payload: BytesAnswer, view: View, decoded: string | null): string {
  if (view === 'decoded') return decoded ?? ''
  if (view === 'text') return payloadText(payload)
  return [...rawBytes(payload)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function PaneHead({ text, children }: { text: () => string; children: ReactNode }): ReactElement {
  const t = useTranslations('payload')
  return (
    <div className="flex min-h-9 items-center gap-2 px-3 pt-2">
      <span className="min-w-0 flex-1">{children}</span>
      <CopyButton text={text} label={t('copy')} />
    </div>
  )
}

interface PaneProps {
  payload: BytesAnswer
  view: View
  decoded: string | null
  label: string
}

function Pane({ payload, view, decoded, label }: PaneProps): ReactElement {
  const t = useTranslations('payload')
  if (payload.sizeBytes === 0) return <p className="px-3 py-2 text-ink3">{t('empty')}</p>
  if (view === 'hex') return <HexPane payload={payload} label={label} />
  return <TextPane text={view === 'decoded' ? (decoded ?? '') : payloadText(payload)} view={view} label={label} />
}

function TextPane({ text, view, label }: { text: string; view: 'decoded' | 'text'; label: string }): ReactElement {
  const lines = useMemo(() => textLines(text), [text])
  const line = (index: number): ReactNode => {
    const content = lines[index] ?? ''
    return view === 'decoded' ? <JsonLine line={content} /> : content
  }
  return <LineList label={label} count={lines.length} line={line} wraps />
}

/** The names stand back, so that the values are what is read. */
function JsonLine({ line }: { line: string }): ReactElement {
  const [key, value] = splitJsonLine(line)
  return (
    <>
      <span className="text-ink3">{key}</span>
      {value}
    </>
  )
}

function HexPane({ payload, label }: { payload: BytesAnswer; label: string }): ReactElement {
  const bytes = useMemo(() => rawBytes(payload), [payload])
  const digits = Math.max(4, bytes.length.toString(16).length)
  return (
    <LineList
      label={label}
      count={Math.ceil(bytes.length / HEX_ROW_BYTES)}
      line={(index) => {
        const row = hexRow(bytes, index)
        return (
          <>
            <span className="text-ink3">{row.offset.toString(16).padStart(digits, '0')}</span>
            {`  ${row.hex.padEnd(3 * HEX_ROW_BYTES - 1)}  `}
            <span className="text-ink2">{row.text}</span>
          </>
        )
      }}
    />
  )
}

function NotDecoded({ payload }: { payload: BytesAnswer }): ReactElement {
  const t = useTranslations('payload')
  const why = payload.truncated
    ? t('notDecoded.cut')
    : isBinary(payload)
      ? t('notDecoded.binary')
      : t('notDecoded.text')
  return <p className="px-3 py-3 text-ink3">{payload.decodeFault === null ? why : t('notDecoded.failed')}</p>
}

/** What is missing from what is shown: a part, a decoding, masked values. */
function PayloadNotes(props: PayloadViewProps & { payload: BytesAnswer }): ReactElement | null {
  const { payload, onMore, isLoadingMore = false } = props
  const t = useTranslations('payload')
  const format = useFormat()
  const { decodeFault, decoded, truncated, sizeBytes } = payload
  const masked = decoded?.masked ?? []
  const isHidden = payload.masking === 'whole'
  if (decodeFault === null && masked.length === 0 && !truncated && !isHidden) return null
  return (
    <div className="grid gap-1 border-line border-t px-3 py-2 text-ink2 text-xs">
      {decodeFault !== null && (
        <p className="break-words">
          {decodeFault.message} {decodeFault.fix}
        </p>
      )}
      {isHidden && <p>{t('hidden')}</p>}
      {masked.length > 0 && (
        <p className="break-words">{t('masked', { count: masked.length, paths: masked.slice(0, 20).join(', ') })}</p>
      )}
      {truncated && (
        <p className="flex flex-wrap items-center gap-2">
          {t('cut', { shown: format.bytes(heldBytes(payload)), size: format.bytes(sizeBytes) })}
          {onMore !== undefined && (
            <Button className="h-7 px-2 text-xs" onClick={onMore} disabled={isLoadingMore}>
              {isLoadingMore ? t('loadingMore') : t('more')}
            </Button>
          )}
        </p>
      )}
    </div>
  )
}

function heldBytes({ encoding, data }: BytesAnswer): number {
  if (encoding === 'base64') return Math.floor((data.replace(/=+$/, '').length * 3) / 4)
  return new TextEncoder().encode(data).length
}
