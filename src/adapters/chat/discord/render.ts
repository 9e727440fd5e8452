import { createHash } from 'node:crypto'
import type { APIAllowedMentions, APIEmbed } from 'discord.js'
import { bannerPush, bannerWords, type Card, type Fact } from '../../../ports/chat.ts'
import { componentRows, type Row } from './components.ts'
import { tableBlock } from './table.ts'
import { clipped, escaped } from './text.ts'

/** What Discord takes as a message, for posting as for editing: every part is given, so that an edit leaves nothing old. */
export interface MessageBody {
  readonly content: string
  readonly embeds: APIEmbed[]
  readonly components: Row[]
  readonly allowed_mentions: APIAllowedMentions
}
export interface RenderOptions {
  /** Ids of people, of every chat; only those of Discord are mentioned. */
  readonly mention?: readonly string[]
  /** Name of an attached file that the embed shows. */
  readonly image?: string | null
  /** Epoch milliseconds, real time. */
  readonly now: number
}

const contentLength = 2000
const titleLength = 256
const descriptionLength = 4096
/** Discord counts every text of every embed of a message. */
const embedsLength = 6000
/** Longer paragraphs go on in a second embed: the figures stay in sight. */
const paragraphLength = 400

const colours = { neutral: 0x4f5d75, good: 0x2e8b57, bad: 0xd83c3e, warning: 0xe0a100 } as const

/** Tells a card's message from all others, in its footer: the same at every sending. */
export const cardReference = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8)

/** The rich form of a card. */
export function renderCard(card: Card, options: RenderOptions): MessageBody {
  const users = mentioned(options.mention ?? [])
  const push = pushText(card)
  return {
    // A private answer rings no phone: its title need not be said twice.
    content: card.kind === 'reply' && card.pushText === card.title ? '' : withMentions(push, users),
    embeds: embeds(card, options),
    components: componentRows(card, cardReference(card.key)),
    allowed_mentions: { parse: [], users },
  }
}

/** Without any embed, for when Discord does not take the rich form. @param buttons false: bare text, the last resort. */
export function plainCard(card: Card, options: RenderOptions, buttons: boolean): MessageBody {
  const users = mentioned(options.mention ?? [])
  const end = `\n-# ${bannerWords[card.banner]} · ${cardReference(card.key)}`
  const text = [
    withMentions(pushText(card), users),
    ...card.lines.map(escaped),
    ...card.facts.map((fact) => factLine(fact, card, options.now)),
  ]
  const table = card.table === null ? '' : `\n${tableBlock(card.table)}`
  const room = contentLength - end.length
  const said = clipped(text.filter((line) => line !== '').join('\n'), room)
  return {
    content: (said.length + table.length <= room ? said + table : said) + end,
    embeds: [],
    components: buttons ? componentRows(card, cardReference(card.key)) : [],
    allowed_mentions: { parse: [], users },
  }
}

/** What the adapter has to say by itself, without a card. */
export const ownWords = (title: string, line: string): MessageBody => ({
  content: `**${title}**\n${line}`,
  embeds: [],
  components: [],
  allowed_mentions: { parse: [] },
})

/** Never empty: it is all that a phone shows. */
const pushText = (card: Card): string => `${bannerPush[card.banner]}${escaped(card.pushText) || escaped(card.title) || card.banner}`

const mentioned = (ids: readonly string[]): string[] =>
  [...new Set(ids.flatMap((id) => /^discord:(\d{1,20})$/.exec(id)?.[1] ?? []))].slice(0, 50)

function withMentions(text: string, users: readonly string[]): string {
  const mentions = users.map((id) => ` <@${id}>`).join('')
  return clipped(text, contentLength - mentions.length) + mentions
}

function embeds(card: Card, { image = null, now }: RenderOptions): APIEmbed[] {
  const said = card.kind !== 'reply' && card.pushText === card.title
  const title = said ? '' : clipped(escaped(card.title), titleLength)
  const footer = [...(card.kind === 'proposal' ? [escaped(card.key.slice(card.key.indexOf(':') + 1))] : []), cardReference(card.key)].join(
    ' · ',
  )
  const { description, more } = bodyOf(card, now)
  const room = embedsLength - bannerWords[card.banner].length - title.length - description.length - footer.length
  const first: APIEmbed = {
    // On top: whether it is real money comes before everything else.
    author: { name: bannerWords[card.banner] },
    ...(title === '' ? {} : { title }),
    ...(description === '' ? {} : { description }),
    color: colours[card.tone],
    ...(image === null ? {} : { image: { url: `attachment://${image}` } }),
    footer: { text: footer },
  }
  const rest = clipped(more, Math.min(room, descriptionLength))
  return rest === '' ? [first] : [first, { description: rest, color: colours[card.tone] }]
}

/** The money, paragraphs, the other facts and the table; what has no room there is said in full below. */
function bodyOf(card: Card, now: number): { readonly description: string; readonly more: string } {
  const factLines = (emphasis: boolean) =>
    card.facts.filter((fact) => (fact.emphasis === true) === emphasis).map((fact) => factLine(fact, card, now))
  const money = clipped(factLines(true).join('\n'), 500)
  const facts = clipped(factLines(false).join('\n'), 1000)
  const block = card.table === null ? '' : tableBlock(card.table)
  const table = block.length <= 2000 ? block : ''
  const overflow: string[] = table === block ? [] : ['The table is too long to be shown here.']
  const long = card.title.length > titleLength ? [card.title] : []
  const kept: string[] = []
  let room = descriptionLength - money.length - facts.length - table.length - 9
  for (const line of [...long, ...card.lines].map(escaped)) {
    if (line === '') continue
    const head = clipped(line, Math.min(paragraphLength, room))
    if (head !== line) overflow.push(line)
    if (room < 40) continue
    kept.push(head)
    room -= head.length + 1
  }
  // Of several paragraphs about a proposal the first says what has become of it.
  const [first = '', ...others] = kept
  const top = card.kind === 'proposal' && others.length > 0 ? [`**${first}**`, money, ...others] : [money, ...kept]
  const words = [top.filter((line) => line !== '').join('\n'), facts].filter((part) => part !== '').join('\n\n')
  // A code block stands apart by itself.
  const description = [words, table].filter((part) => part !== '').join('\n')
  return { description, more: overflow.join('\n') }
}

function factLine(fact: Fact, card: Card, now: number): string {
  const name = escaped(fact.label)
  const value = `${clipped(escaped(fact.value), 300)}${countdown(fact, card, now)}`
  return fact.emphasis ? `**${name} ${value}**` : `**${name}** ${value}`
}

const dayMs = 86_400_000

/** Discord counts down by itself, but in real time: a simulated expiry is left as it is. */
function countdown({ label }: Fact, { data }: Card, now: number): string {
  if (label !== 'Expires' || typeof data !== 'object' || data === null || !('expires_at' in data)) return ''
  const at = typeof data.expires_at === 'string' ? Date.parse(data.expires_at) : Number.NaN
  return Math.abs(at - now) < dayMs ? ` (<t:${Math.floor(at / 1000)}:R>)` : ''
}
