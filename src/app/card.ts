import { exchangeTime } from '../domain/calendar.ts'
import { type Decimal, decimal, roundHalfUp } from '../domain/decimal.ts'
import type { Broker } from '../ports/broker.ts'
import type { Card } from '../ports/chat.ts'
import type { EventMeta, OutboxMessage } from '../ports/event-store.ts'
import type { Names } from './names.ts'

/** What every card must say; the rest has neutral defaults. */
export type CardContent = Pick<Card, 'title'> & Partial<Omit<Card, 'key' | 'kind' | 'banner'>>
export type Banner = Card['banner']

export const banners: { readonly [K in Broker['mode']]: Banner } = { sim: 'SIM', paper: 'PAPER', live: 'LIVE' }

const defaultEvents: { readonly [K in Card['kind']]: Card['event'] } = {
  proposal: 'proposal',
  reply: 'answer',
  notice: 'state',
  status: 'answer',
}

export const card = (key: string, kind: Card['kind'], mode: Broker['mode'], content: CardContent): Card => ({
  key,
  kind,
  tone: 'neutral',
  lines: [],
  facts: [],
  table: null,
  series: null,
  buttons: [],
  menu: [],
  picture: null,
  thread: null,
  event: defaultEvents[kind],
  pushText: content.title,
  banner: banners[mode],
  data: null,
  ...content,
})

/** Where a reply comes from: a command's or a button's call. */
export interface Asked {
  readonly app: { readonly broker: Pick<Broker, 'mode'>; readonly names?: Pick<Names, 'of'> }
  readonly meta: Pick<EventMeta, 'correlationId'>
}
/** The private answer to whoever asked. */
export const reply = ({ app, meta }: Asked, content: CardContent): Card =>
  card(`reply:${meta.correlationId}`, 'reply', app.broker.mode, content)

/** An expected no, with its code and words. */
export const refusal = (asked: Asked, title: string, code: string, explain: string): Card =>
  reply(asked, { tone: 'warning', title, lines: [explain], facts: [{ label: 'Code', value: code }] })

/** Whom a notice is for, when not for everybody alike. */
export interface Addressees {
  /** People to mention, by immutable id. */
  readonly mention?: readonly string[]
  /** Names of the only chats that get it. */
  readonly chats?: readonly string[]
}

/** A message to every chat that stands by itself. @param key unique to the happening; the same key edits. */
export const notice = (key: string, mode: Broker['mode'], content: CardContent, to: Addressees = {}): OutboxMessage => ({
  cardKey: `notice:${key}`,
  card: card(`notice:${key}`, 'notice', mode, content),
  mention: to.mention ?? [],
  ...(to.chats === undefined ? {} : { chats: to.chats }),
})

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
function dollarsTo(places: number, value: Decimal): string {
  const rounded = roundHalfUp(value.abs(), places)
  const [whole = '0', cents] = rounded.toFixed(places).split('.')
  const sign = value.lt(decimal('0')) && rounded.gt(decimal('0')) ? '-' : ''
  return `${sign}$${grouped(whole)}${cents === undefined ? '' : `.${cents}`}`
}

/** $1,234.50 */
export const dollars = (value: Decimal): string => dollarsTo(2, value)
/** +$12.30: results carry their sign. */
export const signed = (value: Decimal): string => (value.gt(decimal('0')) ? `+${dollars(value)}` : dollars(value))
/** For narrow tables: cents below $100, whole dollars to a million, then $1.2M. With its sign. */
export function short(value: Decimal): string {
  const size = value.abs()
  const plus = value.gt(decimal('0')) ? '+' : ''
  if (size.gte(decimal('1000000'))) return `${plus}${dollarsTo(1, value.div(decimal('1000000')))}M`
  return `${plus}${dollarsTo(size.gte(decimal('100')) ? 0 : 2, value)}`
}

/** Five characters at most, for the narrowest columns: +250, -1.2k, +35k, -4M. */
export function tiny(value: Decimal): string {
  const size = value.abs()
  const sign = value.gt(decimal('0')) ? '+' : value.lt(decimal('0')) ? '-' : ''
  const scaled = (by: string, places: number, unit: string) => `${sign}${roundHalfUp(size.div(decimal(by)), places).toFixed(places)}${unit}`
  if (size.lt(decimal('999.5'))) return scaled('1', 0, '')
  if (size.lt(decimal('9950'))) return scaled('1000', 1, 'k')
  return size.lt(decimal('999500')) ? scaled('1000', 0, 'k') : scaled('1000000', 0, 'M')
}

/** 09:31:07 in New York, where the exchange is. */
export const clockTime = (iso: string): string => exchangeTime(Date.parse(iso))

/** 42 s, 12 min, 3 h, 2 d: rounded down, never negative. */
export function span(fromIso: string, toIso: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(toIso) - Date.parse(fromIso)) / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** The end of a long word is what may go: ids and foreign words in narrow tables. */
export const clip = (words: string, length: number): string => (words.length > length ? `${words.slice(0, length - 1)}…` : words)

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
