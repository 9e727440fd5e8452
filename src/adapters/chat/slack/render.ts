import type { types } from '@slack/bolt'
import { bannerPush, bannerWords, type Card, type CardButton, type Fact } from '../../../ports/chat.ts'
import { factLines, tableLines } from './columns.ts'
import { clipped, escaped, pieces, visible } from './text.ts'

export type Block = types.KnownBlock

/** One message, three times: for notifications, in blocks, and whole without blocks for when Slack refuses those. */
export interface Rendered {
  readonly text: string
  readonly blocks: Block[]
  readonly plain: string
}
export interface RenderOptions {
  /** Slack user ids. */
  readonly mention?: readonly string[]
  readonly image?: { readonly fileId: string; readonly alt: string } | null
  /** Number of the first button, where several cards share a page. */
  readonly firstButton?: number
}

const most = {
  header: 150,
  title: 2_900,
  section: 3_000,
  alt: 500,
  button: 75,
  optionValue: 75,
  options: 5,
  row: 25,
  buttons: 50,
  push: 3_000,
  plain: 9_000,
  strong: 5,
  facts: 2_000,
  table: 6_000,
}
/** Characters of all blocks together; Slack refuses at about 13,200. What is not bounded by itself shares what is left. */
const budget = 12_800

const signs: { readonly [K in Card['tone']]: string } = { neutral: '', good: '🟢 ', bad: '🔴 ', warning: '🟠 ' }

/** Nothing in the blocks is markup, so that no headline can become any: plain text, and rich text whose parts are literal. */
export function renderCard(card: Card, options: RenderOptions = {}): Rendered {
  const { mention = [], image = null, firstButton = 0 } = options
  const strong = card.facts.filter((fact) => fact.emphasis === true).slice(0, most.strong)
  const { news, lines } = newsOf(card)
  const head = [...mentions(mention), ...heading(card), banner(card), ...emphasis(news, strong)]
  const facts = monospace(fitting(factLines(card.facts.filter((fact) => !strong.includes(fact))), most.facts))
  const end = [...(image === null ? [] : [picture(image)]), ...actions(card, firstButton)]
  const forTable = Math.min(most.table, budget - characters([...head, ...facts, ...end]))
  const tail = [...facts, ...(card.table === null ? [] : monospace(fitting(tableLines(card.table), forTable))), ...end]
  const left = budget - characters([...head, ...tail])
  const tags = mention.map((id) => `<@${id}> `).join('')
  return {
    text: `${tags}${escaped(clipped(push(card), most.push))}`,
    blocks: [...head, ...paragraphs(lines, left), ...tail],
    plain: `${tags}${plainText(card)}`,
  }
}

const push = ({ pushText, title, banner: mode }: Card): string =>
  `${bannerPush[mode]}${[pushText, title, 'Catalyst'].find((words) => visible(words).trim() !== '') ?? ''}`

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text, emoji: false })
export const section = (text: string): Block => ({ type: 'section', text: plain(text) })

const mentions = (ids: readonly string[]): readonly Block[] =>
  ids.length === 0
    ? []
    : [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: ids.flatMap((id) => [{ type: 'user', user_id: id }, literal(' ')] as const) }],
        },
      ]

const literal = (text: string, bold = false) => ({ type: 'text' as const, text, ...(bold && { style: { bold } }) })

/** A title that is too long for a header goes on below it, whole. */
function heading(card: Card): readonly Block[] {
  const title = visible(card.title).replace(/\n/g, ' ').trim() || 'Catalyst'
  const header = `${signs[card.tone]}${title}`
  const short: Block = { type: 'header', text: plain(clipped(header, most.header)) }
  return header.length <= most.header ? [short] : [short, ...pieces(clipped(title, most.title), most.section).map(section)]
}

function banner(card: Card): Block {
  const reference = card.kind === 'proposal' ? ` · ${visible(card.key.slice(card.key.indexOf(':') + 1))}` : ''
  return { type: 'context', elements: [plain(`${bannerWords[card.banner]}${reference}`)] }
}

/** Of several paragraphs about a proposal the first says what has become of it. */
function newsOf({ kind, lines }: Card): { readonly news: string; readonly lines: readonly string[] } {
  const [first = '', ...rest] = lines
  const news = visible(first).trim()
  return kind === 'proposal' && rest.length > 0 && news.length <= 300 ? { news, lines: rest } : { news: '', lines }
}

function emphasis(news: string, facts: readonly Fact[]): readonly Block[] {
  if (facts.length === 0 && news === '') return []
  const told = news === '' ? [] : [[literal(news, true)]]
  const figures = facts.map(({ label, value }) => [
    literal(`${clipped(visible(label), 60)}: `),
    literal(clipped(visible(value), 200) || '-', true),
  ])
  const words = [...told, ...figures].flatMap((line, i) => (i === 0 ? line : [literal('\n'), ...line]))
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: words }] }]
}

/** Lines together as far as they fit a section; where the message is full, it says how much is missing. */
function paragraphs(lines: readonly string[], left: number): readonly Block[] {
  const words = lines
    .map((line) => visible(line).trim())
    .filter((line) => line !== '')
    .join('\n')
  const note = (missing: number) => `… ${missing} more characters`
  const shown = words.length <= left ? words : visible(words.slice(0, Math.max(0, left - 40)))
  const cut = words.length - shown.length
  return [...pieces(shown, most.section).filter((piece) => piece.trim() !== ''), ...(cut > 0 ? [note(cut)] : [])].map(section)
}

function monospace(lines: readonly string[]): readonly Block[] {
  if (lines.length === 0) return []
  return pieces(lines.join('\n'), most.section).map((text) => ({
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [literal(text)] }],
  }))
}

/** The head and the last lines (a total) of what is too long for a message. */
function fitting(lines: readonly string[], length: number): readonly string[] {
  if (lines.join('\n').length <= length) return lines
  const last = lines.slice(-2)
  let shown = 0
  for (let left = length - last.join('\n').length - 30; shown < lines.length - 2; shown += 1) {
    left -= (lines[shown]?.length ?? 0) + 1
    if (left < 0) break
  }
  return [...lines.slice(0, shown), `… ${lines.length - shown - 2} more lines`, ...last]
}

const picture = ({ fileId, alt }: { readonly fileId: string; readonly alt: string }): Block => ({
  type: 'image',
  slack_file: { id: fileId },
  alt_text: clipped(visible(alt), most.alt) || 'Chart',
})

/** Menu entries whose ids are longer than a menu takes become buttons. */
function actions(card: Card, first: number): readonly Block[] {
  const short = ({ id }: CardButton) => id.length <= most.optionValue
  const menu = card.menu.filter(short).slice(0, most.options)
  const buttons = [...card.buttons, ...card.menu.filter((entry) => !menu.includes(entry))].slice(0, most.buttons)
  const elements = [...buttons.map((button, i) => buttonElement(button, first + i)), ...(menu.length === 0 ? [] : [overflow(menu, first)])]
  return Array.from({ length: Math.ceil(elements.length / most.row) }, (_, i) => ({
    type: 'actions',
    elements: elements.slice(i * most.row, (i + 1) * most.row),
  }))
}

const label = (button: CardButton): types.PlainTextElement =>
  plain(clipped(visible(button.label).replace(/\n/g, ' ').trim() || '-', most.button))

const buttonElement = (button: CardButton, index: number): types.Button => ({
  type: 'button',
  // The place of the button, not what it does: what comes back is only ever judged by its value.
  action_id: `press:${index}`,
  text: label(button),
  value: button.id,
  ...(button.style !== 'plain' && { style: button.style }),
})

const overflow = (menu: readonly CardButton[], index: number): types.Overflow => ({
  type: 'overflow',
  action_id: `more:${index}`,
  options: menu.map((entry) => ({ text: label(entry), value: entry.id })),
})

/** Text that people see, as Slack counts it. */
function characters(blocks: readonly Block[]): number {
  let sum = 0
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        if (typeof inner === 'string' && ['text', 'alt_text'].includes(name)) sum += inner.length
        else visit(inner)
      }
  }
  visit(blocks)
  return sum
}

/** Everything but the buttons, which words cannot be. */
function plainText(card: Card): string {
  const parts = [
    `${signs[card.tone]}${card.title} (${bannerWords[card.banner]})`,
    ...card.lines,
    ...card.facts.map(({ label: name, value }) => `${name}: ${value}`),
    ...(card.table === null ? [] : tableLines(card.table)),
    ...(card.buttons.length === 0 ? [] : ['The buttons cannot be shown here. Type /inbox.']),
  ]
  return escaped(clipped(visible(parts.join('\n')), most.plain))
}
