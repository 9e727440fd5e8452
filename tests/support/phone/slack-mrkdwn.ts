import { clock, codeBlock, escapeHtml, type MarkupRule, markup, type Reader } from './markup.ts'

/** `&amp;`, `&lt;` and `&gt;` are the only entities that Slack knows. */
export const decodeEntities = (text: string): string => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')

const shown = (text: string): string => escapeHtml(decodeEntities(text))
const pill = (words: string): string => `<span class="mention">${escapeHtml(words)}</span>`

/** Asterisks and the like count only at the edges of words: behind a letter, a digit or a zero-width space they are just themselves. */
const opens = String.raw`(?<![\p{L}\p{N}_*~\u200b\u2060\ufeff])`
const closes = String.raw`(?![\p{L}\p{N}\u200b\u2060\ufeff])`
const wrapped = (mark: string, name: string): MarkupRule => ({
  pattern: new RegExp(`${opens}[${mark}](?=[^\\s${mark}\\u200b\\u2060])([^\\n]*?[^\\s\\u200b\\u2060])[${mark}]${closes}`, 'uy'),
  html: (match, inner) => `<${name}>${inner(match[1] ?? '')}</${name}>`,
})

const dateParts: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { dateStyle: 'long' },
  date_short: { month: 'short', day: 'numeric', year: 'numeric' },
  date_short_pretty: { month: 'short', day: 'numeric', year: 'numeric' },
  date_pretty: { dateStyle: 'long' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
}

const date =
  (reader: Reader): MarkupRule['html'] =>
  ([, at = '0', format = '']) =>
    escapeHtml(
      format.replace(/\{(\w+)\}/g, (whole, part: string) => (dateParts[part] ? clock(Number(at), reader, dateParts[part]) : whole)),
    )

const rules = (reader: Reader): readonly MarkupRule[] => [
  { pattern: /```\n?([\s\S]*?)\n?```/y, html: ([, code = '']) => codeBlock(decodeEntities(code)) },
  { pattern: /`([^`\n]+)`/y, html: ([, code = '']) => `<code class="inline">${shown(code)}</code>` },
  { pattern: /<!date\^(\d+)\^([^|^>]*)(?:\^[^|>]*)?\|[^>]*>/y, html: date(reader) },
  { pattern: /<!(channel|here|everyone)(?:\|[^>]*)?>/y, html: ([, who = '']) => pill(`@${who}`) },
  { pattern: /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/y, html: ([, id = '']) => pill(`@${reader.people[id] ?? id}`) },
  { pattern: /<#(C[A-Z0-9]+)(?:\|([^>]*))?>/y, html: ([, id = '', name]) => pill(`#${name || (reader.people[id] ?? id)}`) },
  { pattern: /<((?:https?|mailto|slack):[^|>]+)(?:\|([^>]*))?>/y, html: ([, url = '', words]) => `<a>${shown(words || url)}</a>` },
  { pattern: /https?:\/\/[^\s<>|]+[^\s<>|.,:;"')\]]/y, html: ([url]) => `<a>${shown(url)}</a>` },
  { pattern: /&(?:amp|lt|gt);/y, html: ([entity]) => shown(entity) },
  { pattern: /:([a-z0-9_+-]+):/y, html: ([, name = '']) => (emoji[name] === undefined ? null : escapeHtml(emoji[name])) },
  wrapped('*', 'b'),
  wrapped('_', 'i'),
  wrapped('~', 's'),
]

/** The shortcodes that a message of ours may use; any other stays as it was written. */
const emoji: Readonly<Record<string, string>> = {
  warning: '⚠',
  white_check_mark: '✔',
  x: '✘',
  octagonal_sign: '⬣',
  hourglass: '⌛',
}

/** Slack has no backslash: what is escaped is escaped by entities, and by zero-width characters. */
export function slackMrkdwn(text: string, reader: Reader): string {
  return text
    .split(/(```[\s\S]*?```)/)
    .map((piece) => (piece.startsWith('```') ? markup(piece, rules(reader)) : quotesOf(piece, reader)))
    .join('')
}

/** A line that begins with > is quoted, and an escaped > is no different: Slack stores both the same way. */
function quotesOf(text: string, reader: Reader): string {
  return text
    .split(/((?:^|(?<=\n))(?:>|&gt;)[^\n]*\n?)/)
    .map((piece) => {
      const quoted = /^(?:>|&gt;)\s?(.*)\n?$/.exec(piece)
      return quoted ? `<div class="quote">${markup(quoted[1] ?? '', rules(reader))}</div>` : markup(piece, rules(reader))
    })
    .join('')
}

/** plain_text: entities and emoji, nothing else. */
export const slackPlain = (text: string): string => shown(text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => emoji[name] ?? whole))
