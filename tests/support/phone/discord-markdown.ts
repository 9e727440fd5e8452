import { clock, codeBlock, escapeHtml, type MarkupRule, markup, type Reader, relativeTime } from './markup.ts'

const timeStyles: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
}

const tag =
  (name: string, group = 1): MarkupRule['html'] =>
  (match, inner) =>
    `<${name}>${inner(match[group] ?? '')}</${name}>`

const pill = (words: string): string => `<span class="mention">${escapeHtml(words)}</span>`

const timestamp =
  (reader: Reader): MarkupRule['html'] =>
  ([, at = '0', style = 'f']) => {
    const words = style === 'R' ? relativeTime(Number(at), reader.now) : clock(Number(at), reader, timeStyles[style] ?? {})
    return `<span class="time">${escapeHtml(words)}</span>`
  }

/** What may stand anywhere in a line. A backslash takes the meaning of the punctuation after it, except inside code. */
const inlineRules = (reader: Reader): readonly MarkupRule[] => [
  { pattern: /```(?:[\w+-]*\n)?([\s\S]*?)\n?```/y, html: ([, code = '']) => codeBlock(code) },
  { pattern: /(`+)([\s\S]*?[^`])\1(?!`)/y, html: ([, , code = '']) => `<code class="inline">${escapeHtml(code.trim())}</code>` },
  { pattern: /\\([^0-9A-Za-z\s])/y, html: ([, char = '']) => escapeHtml(char) },
  { pattern: /<t:(-?\d+)(?::([tTdDfFR]))?>/y, html: timestamp(reader) },
  { pattern: /<@!?(\d+)>/y, html: ([, id = '']) => pill(`@${reader.people[id] ?? 'unknown-user'}`) },
  { pattern: /<@&(\d+)>/y, html: ([, id = '']) => pill(`@role ${id}`) },
  { pattern: /<#(\d+)>/y, html: ([, id = '']) => pill(`#${reader.people[id] ?? 'unknown'}`) },
  { pattern: /@(everyone|here)/y, html: ([whole]) => pill(whole) },
  { pattern: /\[([^\]\n]+)\]\((?:<?)(https?:\/\/[^\s)>]+)>?\)/y, html: ([, words = '']) => `<a>${escapeHtml(words)}</a>` },
  { pattern: /<(https?:\/\/[^\s>]+)>/y, html: ([, url = '']) => `<a>${escapeHtml(url)}</a>` },
  { pattern: /https?:\/\/[^\s<]+[^\s<.,:;"')\]]/y, html: ([url]) => `<a>${escapeHtml(url)}</a>` },
  { pattern: /\*\*\*((?:\\.|[^\\])+?)\*\*\*(?!\*)/sy, html: (match, inner) => `<b><i>${inner(match[1] ?? '')}</i></b>` },
  { pattern: /\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/sy, html: tag('b') },
  { pattern: /__((?:\\.|[^\\])+?)__(?!_)/sy, html: tag('u') },
  { pattern: /\*(?=\S)((?:\\.|\*\*|[^\\*])+?)\*(?!\*)/sy, html: tag('i') },
  { pattern: /_((?:\\.|__|[^\\_])+?)_(?![\w_])/sy, html: tag('i') },
  { pattern: /~~((?:\\.|[^\\])+?)~~/sy, html: tag('s') },
  { pattern: /\|\|((?:\\.|[^\\])+?)\|\|/sy, html: (match, inner) => `<span class="spoiler">${inner(match[1] ?? '')}</span>` },
]

/** A title, a field's name: no lists, quotes or headings. */
export const discordInline = (text: string, reader: Reader): string => markup(text, inlineRules(reader))

const line: readonly (readonly [RegExp, (words: string) => string])[] = [
  [/^### (?=\S)/, (words) => `<div class="h3">${words}</div>`],
  [/^## (?=\S)/, (words) => `<div class="h2">${words}</div>`],
  [/^# (?=\S)/, (words) => `<div class="h1">${words}</div>`],
  [/^-# (?=\S)/, (words) => `<div class="small">${words}</div>`],
  [/^> /, (words) => `<div class="quote">${words}</div>`],
  [/^\s*[-*] (?=\S)/, (words) => `<div class="item">${words}</div>`],
  [/^\d+\. (?=\S)/, (words) => `<div class="item numbered">${words}</div>`],
]

/** A message's content, an embed's description, a field's value. */
export function discordMarkdown(text: string, reader: Reader): string {
  // Code blocks span lines, and so does what is bold; only headings, lists and quotes belong to one line.
  const pieces = text.split(/(```[\s\S]*?```)/)
  return pieces.map((piece) => (piece.startsWith('```') ? discordInline(piece, reader) : linesOf(piece, reader))).join('')
}

function linesOf(text: string, reader: Reader): string {
  const blocks: string[] = []
  let run: string[] = []
  const flush = () => {
    if (run.length > 0) blocks.push(discordInline(run.join('\n'), reader))
    run = []
  }
  for (const words of text.split('\n')) {
    const kind = line.find(([pattern]) => pattern.test(words))
    if (kind === undefined) run.push(words)
    else {
      flush()
      const [pattern, html] = kind
      blocks.push(html(discordInline(words.replace(pattern, ''), reader)))
    }
  }
  flush()
  return blocks.join('')
}
