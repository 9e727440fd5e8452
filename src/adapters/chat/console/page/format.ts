import { approximate, type Decimal, decimal, divide, roundHalfUp, zero } from '../../../../domain/decimal.ts'

/** Words and figures as the page prints them. All money is decimal; a value that is no decimal prints as a dash. */

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** U+2212, as wide as a digit in tabular figures, so that columns line up. */
const minus = '−'
const dash = '–'

export function read(value: string | null | undefined): Decimal | null {
  if (value === null || value === undefined) return null
  try {
    return decimal(value)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

export function figure(value: Decimal, places: number): string {
  const [whole = '0', fraction] = roundHalfUp(value.abs(), places).toFixed(places).split('.')
  return fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`
}

const negative = (value: Decimal, places: number): boolean => roundHalfUp(value, places).lt(zero)

/** "$1,234.56", "−$12.00". */
export function money(value: string | Decimal | null | undefined, places = 2): string {
  const amount = typeof value === 'string' || !value ? read(value) : value
  if (amount === null) return dash
  return `${negative(amount, places) ? minus : ''}$${figure(amount, places)}`
}

/** Money with its sign always written: "+$12.00", "−$3.10", "$0.00". */
export function change(value: string | Decimal | null | undefined, places = 2): string {
  const amount = typeof value === 'string' || !value ? read(value) : value
  if (amount === null) return dash
  return roundHalfUp(amount, places).gt(zero) ? `+${money(amount, places)}` : money(amount, places)
}

/** A price: two places, four below a dollar. */
export function price(value: string | Decimal | null | undefined): string {
  const amount = typeof value === 'string' || !value ? read(value) : value
  if (amount === null) return dash
  return money(amount, amount.abs().lt(decimal('1')) && !amount.eq(zero) ? 4 : 2)
}

/** Shares: as many places as it has. */
export function shares(value: string | null | undefined): string {
  const amount = read(value)
  if (amount === null) return dash
  const places = amount.toFixed().split('.')[1]?.length ?? 0
  return figure(amount, Math.min(places, 4))
}

/** part / whole in percent; null when there is no whole. */
export function ratio(part: Decimal | null, whole: Decimal | null): Decimal | null {
  if (part === null || whole === null || whole.eq(zero)) return null
  return divide(part, whole).times(decimal('100'))
}

export function percent(value: Decimal | null, places = 1): string {
  if (value === null) return dash
  return `${negative(value, places) ? minus : ''}${figure(value, places)}%`
}

export function signedPercent(value: Decimal | null, places = 1): string {
  if (value === null) return dash
  return roundHalfUp(value, places).gt(zero) ? `+${percent(value, places)}` : percent(value, places)
}

export type Direction = 'up' | 'down' | 'flat'
export const direction = (value: Decimal | null): Direction => (value === null || value.eq(zero) ? 'flat' : value.gt(zero) ? 'up' : 'down')
/** Of a figure as `signedPercent` shows it: what reads as nothing must not look like a fall. */
export const shownDirection = (value: Decimal | null, places = 1): Direction => direction(value && roundHalfUp(value, places))
export const arrows: Readonly<Record<Direction, string>> = { up: '▲', down: '▼', flat: '■' }

/** For pictures only: a pixel position need not be exact. */
export const toPlot = (value: string): number => {
  const amount = read(value)
  return amount === null ? Number.NaN : approximate(amount)
}

const newYork = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', ...options })
const time = newYork({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const short = newYork({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const date = newYork({ month: 'short', day: 'numeric' })

type Moment = string | number
const format = (formatter: Intl.DateTimeFormat, at: Moment): string => {
  const when = new Date(at)
  return Number.isNaN(when.getTime()) ? dash : formatter.format(when)
}
/** "10:31:07", in New York. */
export const clockTime = (at: Moment): string => format(time, at)
/** "10:31", in New York. */
export const shortTime = (at: Moment): string => format(short, at)
/** "Nov 20", in New York. */
export const shortDate = (at: Moment): string => format(date, at)

/** "42 s", "3 min", "2 h 5 min", "4 d". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(hours / 24)} d`
}

/** "2:41" or "1:02:41": what is left, never below zero; rounded up so that it reads 0:00 only when it is over. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  const pad = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

/** Only web links are followed; everything else from outside stays text. */
export function safeLink(url: string | null | undefined): string | null {
  if (!url || !URL.canParse(url)) return null
  const { protocol, href } = new URL(url)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}

/** Shows what a text says and not what it does: no control or direction-changing characters. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, ' ').trim()
