/**
 * Stack traces as JVM languages, JavaScript, .NET and Python print them:
 *
 *     com.acme.Outer: words                     Outer: words
 *     <tab>at com.acme.Shop.buy(Shop.java:12)        at buy (/app/shop.js:12:3)
 *     Caused by: com.acme.Inner: words
 *
 *     Acme.Outer: words                         Traceback (most recent call last):
 *      ---> Acme.Inner: words                     File "/app/shop.py", line 12, in buy
 *        at Acme.Shop.Buy() in /app/Shop.cs:line 12    total(order)
 *        --- End of inner exception ---           acme.Inner: words
 *
 * Others are not understood, and answered with nulls.
 */

export interface RootCause {
  class: string | null
  /** True when the trace shows that the outermost exception had a cause. */
  isChain: boolean
  /** The first line of it. */
  message: string | null
}

/** Frames that are the same for every application. */
const FRAMEWORKS = [
  ...[
    'java.',
    'javax.',
    'jakarta.',
    'jdk.',
    'sun.',
    'com.sun.',
    'kotlin.',
    'kotlinx.',
    'scala.',
    'groovy.',
    'clojure.',
  ],
  ...[
    'org.springframework.',
    'org.apache.',
    'io.smallrye.',
    'io.quarkus.',
    'io.micronaut.',
    'io.confluent.',
    'org.jboss.',
  ],
  ...[
    'org.hibernate.',
    'com.zaxxer.',
    'com.fasterxml.',
    'com.google.',
    'io.netty.',
    'io.vertx.',
    'io.grpc.',
    'reactor.',
  ],
  ...['io.micrometer.', 'io.opentelemetry.', 'org.postgresql.', 'com.mysql.', 'oracle.', 'okhttp3.', 'org.slf4j.'],
  ...['System.', 'Microsoft.', 'Confluent.', 'MassTransit.', 'NServiceBus.', 'Newtonsoft.', 'Npgsql.'],
]
const FRAMEWORK_PATHS =
  /(?:^|[/\\])(?:node_modules|site-packages|dist-packages)[/\\]|^node:|[/\\]lib[/\\]python\d|^<frozen /

/** How many frames of one part are looked at: a stack that overflowed repeats itself. */
const MAX_FRAMES = 200
const HEAD =
  /^(?:Exception in thread "[^"\n]{0,200}" )?([A-Za-z_$][\w.$`+-]*)(?: \[[\w.]{1,80}\])?(?::[ \t]?([^\n]*))?[ \t\r]*$/
const PYTHON = 'Traceback (most recent call last):'

export function readRootCause(stack: string): RootCause {
  if (stack.includes(PYTHON)) return pythonRoot(stack)
  const parts = splitCauses(stack)
  return { ...headOf(parts.at(-1) ?? ''), isChain: parts.length > 1 }
}

/**
 * The application's own function that failed, without what a new build changes (see `frameName`). Null when all frames
 * are a framework's.
 */
export function readOwnFrame(stack: string): string | null {
  return stack.includes(PYTHON) ? pythonFrame(stack) : firstOwnFrame(splitCauses(stack))
}

/** Lines of a trace that are looked at. */
const MAX_LINES = 1_000

/** Which lines, counted from 0, are calls of the application's own code. */
export function ownFrameLines(stack: string): number[] {
  const lines = stack.split('\n', MAX_LINES)
  return lines.flatMap((line, index) => (isOwnFrame(line) ? [index] : []))
}

function isOwnFrame(line: string): boolean {
  const [, path, name] = PYTHON_FRAME.exec(line) ?? []
  if (name !== undefined) return !FRAMEWORK_PATHS.test(path ?? '')
  const [, frame] = /^\s+at (\S.*)$/.exec(line.slice(0, MAX_LINE_LENGTH)) ?? []
  return frame !== undefined && frameName(frame.trim()) !== null
}

const MAX_LINE_LENGTH = 1_000
const DOTNET_INNER_END = '--- End of inner exception stack trace ---'

/** Outermost first. Causes of suppressed exceptions stand further in and are not the record's. */
function splitCauses(stack: string): string[] {
  // Logging libraries can print the root first.
  const wrapped = stack.indexOf('\nWrapped by: ')
  if (wrapped >= 0) return [stack.slice(wrapped), stack.slice(0, wrapped)]
  const java = stack.split('\nCaused by: ')
  if (java.length > 1) return java
  if (!stack.includes(DOTNET_INNER_END)) return java
  const dotnet = stack.split(/\r?\n? ---> /)
  // The innermost comes first here, with its frames; those of the others follow behind this line.
  const ends = (dotnet.at(-1) ?? '').split(DOTNET_INNER_END)
  return [...ends.slice(1).toReversed(), ends[0] ?? '']
}

function headOf(part: string): { class: string | null; message: string | null } {
  const end = part.indexOf('\n')
  const match = HEAD.exec(end < 0 ? part : part.slice(0, end))
  if (match === null) return { class: null, message: null }
  return { class: match[1] ?? null, message: match[2]?.trim() || null }
}

/** From the innermost part outwards: a driver's own cause has no frame of ours, the call of the driver has. */
function firstOwnFrame(parts: readonly string[]): string | null {
  for (const part of parts.toReversed()) {
    const frame = firstOwnFrameIn(part)
    if (frame !== null) return frame
  }
  return null
}

function firstOwnFrameIn(part: string): string | null {
  let at = part.indexOf('at ')
  for (let count = 0; at >= 0 && count < MAX_FRAMES; count += 1) {
    const lineEnd = part.indexOf('\n', at)
    const end = lineEnd < 0 ? part.length : lineEnd
    if (opensLine(part, at)) {
      const frame = frameName(part.slice(at + 3, end).trim())
      if (frame !== null) return frame
    }
    at = part.indexOf('at ', end)
  }
  return null
}

function opensLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, text.lastIndexOf('\n', at - 1) + 1), at)
  return at > 0 && before !== '' && before.trim() === ''
}

const MAX_FRAME = 200
/** What compilers and proxies add: `$$SpringCGLIB$$0`, `$$Lambda/0x0000…`, `$1`. */
const GENERATED = /\$\$[^.(/]*(?:\/[0-9a-fx]+)?|\$\d+(?=[.$]|$)/g
/** `lambda$buy$3` of the JVM; `<Buy>d__3.MoveNext` and `<Buy>b__0_1` of .NET. */
const LAMBDA = /lambda\$(\w+?)\$\d+|<(\w*)>[a-z]__[\w|]*(?:\.MoveNext)?/g
const SCRIPT = /^(?:async )?(?:file:\/\/)?((?:[A-Za-z]{1,8}:)?(?:[^\s:]*[/\\])?([^\s:/\\]+)):\d+:\d+$/

/**
 * The function that a frame names, and on JavaScript its file: no line numbers, no module, no loader, no generated parts.
 * Null for a framework's.
 */
function frameName(frame: string): string | null {
  // Jackson's second line of a message: ` at [Source: REDACTED (…); line: 1, column: 9]`.
  if (frame.startsWith('[')) return null
  const open = frame.indexOf('(')
  const name = (open < 0 ? '' : frame.slice(0, open)).replace(/^(?:async |new )+/, '').trim()
  const place = open < 0 ? frame : frame.slice(open + 1).replace(/\).*$/, '')
  // A function of the JavaScript engine itself.
  if (place === '<anonymous>') return null
  const script = SCRIPT.exec(place)
  if (script !== null) {
    return FRAMEWORK_PATHS.test(script[1] ?? '') ? null : `${name} ${script[2]}`.trim().slice(0, MAX_FRAME)
  }
  const plain = name.replace(LAMBDA, '$1$2').replace(GENERATED, '')
  const inClass = plain.slice(plain.lastIndexOf('/') + 1)
  const isFramework = FRAMEWORKS.some((prefix) => inClass.startsWith(prefix)) || inClass.startsWith('$Proxy')
  return inClass === '' || isFramework ? null : inClass.slice(0, MAX_FRAME)
}

const PYTHON_CHAIN =
  /\n\n(?:The above exception was the direct cause of the following exception|During handling of the above exception, another exception occurred):\n\n/
const PYTHON_FRAME = /^ {2}File "([^"\n]{1,300})", line \d+, in (\S{1,200})/

/** The root is the first part. */
function pythonParts(stack: string): string[] {
  return stack.slice(stack.indexOf(PYTHON)).split(PYTHON_CHAIN)
}

function pythonRoot(stack: string): RootCause {
  const parts = pythonParts(stack)
  const lines = (parts[0] ?? '').split('\n').slice(1)
  const head = lines.find((line) => line !== '' && !/^\s/.test(line))
  return { ...headOf(head ?? ''), isChain: parts.length > 1 }
}

/** The failing call is the last one. */
function pythonFrame(stack: string): string | null {
  const lines = (pythonParts(stack)[0] ?? '').split('\n')
  for (const line of lines.toReversed()) {
    const [, path = '', name] = PYTHON_FRAME.exec(line) ?? []
    if (name !== undefined && !FRAMEWORK_PATHS.test(path)) {
      return `${name} ${path.split(/[/\\]/).at(-1)}`.slice(0, MAX_FRAME)
    }
  }
  return null
}
