/** Text that must not become tags, in an attribute. */
export const attribute = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** A machine without an emoji font shows boxes: what messages of ours use is drawn. */
const drawn: Readonly<Record<string, string>> = { '🟢': '#31a24c', '🔴': '#e0245e', '🟠': '#f28c28', '🟡': '#f2c328', '⚪': '#c8c8c8' }

/** Text that must not become tags. */
export const escapeHtml = (text: string): string =>
  attribute(text).replace(/🟢|🔴|🟠|🟡|⚪/g, (sign) => `<span class="dot" style="background:${drawn[sign]}"></span>`)

/** What a name or an id reads as on the screen, and the moment that relative times count from. */
export interface Reader {
  /** Milliseconds. */
  readonly now: number
  /** IANA name of the phone's zone. */
  readonly timeZone: string
  /** Display names by platform id. */
  readonly people: Readonly<Record<string, string>>
}

/** One piece of syntax: `pattern` is sticky and matches where it stands; null leaves the text as it is. */
export interface MarkupRule {
  readonly pattern: RegExp
  readonly html: (match: RegExpExecArray, inner: (text: string) => string) => string | null
}

/** Walks through the text and lets the first rule that fits have its say; what no rule wants is shown as it stands. */
export function markup(text: string, rules: readonly MarkupRule[]): string {
  const inner = (part: string): string => markup(part, rules)
  let html = ''
  let at = 0
  while (at < text.length) {
    const found = firstMatch(text, at, rules, inner)
    if (found === null) {
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0)
      html += escapeHtml(char)
      at += char.length
    } else {
      html += found.html
      at += found.length
    }
  }
  return html
}

function firstMatch(text: string, at: number, rules: readonly MarkupRule[], inner: (text: string) => string) {
  for (const { pattern, html } of rules) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    const shown = match === null || match[0] === '' ? null : html(match, inner)
    if (match !== null && shown !== null) return { html: shown, length: match[0].length }
  }
  return null
}

/** Marked so that a test can count the lines it takes on the screen against the lines it has. */
export const codeBlock = (code: string): string =>
  `<pre class="code" data-lines="${code.split('\n').length}"><code>${escapeHtml(code)}</code></pre>`

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** "in 29 minutes", as both platforms count. @param at unix seconds. */
export function relativeTime(at: number, now: number): string {
  const seconds = at - Math.floor(now / 1000)
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1]
  return new Intl.RelativeTimeFormat('en').format(Math.round(seconds / size), unit)
}

/** @param at unix seconds. */
export const clock = (at: number, { timeZone }: Reader, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(at * 1000)
