/**
 * Sessions of the New York Stock Exchange, by rule; valid for 1998 to 2030 apart from closures nobody could foresee
 * (2001-09-11 to 14, 2012-10-29 and 30, days of mourning), which are listed. Times are epoch milliseconds.
 */
export type Session = 'pre' | 'regular' | 'post' | 'closed'

const hourMs = 3_600_000
const dayMs = 86_400_000
const preOpen = 4 * hourMs
const regularOpen = 9.5 * hourMs
const regularClose = 16 * hourMs
const earlyClose = 13 * hourMs
const postClose = 20 * hourMs

const unscheduled: ReadonlySet<string> = new Set([
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
])

const clockFormat = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

function offsetByIntl(ms: number): number {
  const parts = new Map(clockFormat.formatToParts(ms).map((p) => [p.type, Number(p.value)]))
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return local - Math.floor(ms / 1000) * 1000
}

// The offset changes at 07:00 or 06:00 UTC on a Sunday: hours cached one by one are always exact, and few.
const offsets = new Map<number, number>()
function offsetAt(ms: number): number {
  const hour = Math.floor(ms / hourMs)
  const known = offsets.get(hour)
  if (known !== undefined) return known
  if (offsets.size > 5_000) offsets.clear()
  const offset = offsetByIntl(ms)
  offsets.set(hour, offset)
  return offset
}

/** Milliseconds of New York's wall clock, as if it were UTC. */
const wall = (ms: number): number => ms + offsetAt(ms)
const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
const dayOfDate = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs

/** The moment when New York's wall clock shows this many milliseconds after midnight of the day. */
function moment(day: number, sinceMidnight: number): number {
  const local = day * dayMs + sinceMidnight
  const guess = local - offsetAt(local + 5 * hourMs)
  return local - offsetAt(guess)
}

/** Gregorian Easter (the "anonymous" algorithm), as a UTC day number. */
function easter(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 19 * l) / 433)
  const month = Math.floor((h + l - 7 * m + 90) / 25)
  const day = (h + l - 7 * m + 33 * month + 19) % 32
  return Date.UTC(year, month - 1, day) / dayMs
}

const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7
const utcDay = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / dayMs

/** The n-th weekday (0 = Sunday) of a month; negative n counts from its end. */
function nth(year: number, month: number, weekday: number, n: number): number {
  if (n > 0) {
    const first = utcDay(year, month, 1)
    return first + ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7
  }
  const last = utcDay(year, month + 1, 1) - 1
  return last - ((weekdayOf(last) - weekday + 7) % 7)
}

/** Saturday is observed on Friday, Sunday on Monday. */
const observed = (day: number): number => (weekdayOf(day) === 6 ? day - 1 : weekdayOf(day) === 0 ? day + 1 : day)

interface Year {
  readonly closed: ReadonlySet<number>
  readonly early: ReadonlySet<number>
}
const years = new Map<number, Year>()

function buildYear(year: number): Year {
  const newYear = utcDay(year, 1, 1)
  const independence = utcDay(year, 7, 4)
  const christmas = utcDay(year, 12, 25)
  const thanksgiving = nth(year, 11, 4, 4)
  const closed = new Set([
    nth(year, 1, 1, 3),
    nth(year, 2, 1, 3),
    easter(year) - 2,
    nth(year, 5, 1, -1),
    observed(independence),
    nth(year, 9, 1, 1),
    thanksgiving,
    observed(christmas),
  ])
  // New Year on a Saturday is not observed on the Friday: the books of the old year close that day.
  if (weekdayOf(newYear) !== 6) closed.add(observed(newYear))
  if (year >= 2022) closed.add(observed(utcDay(year, 6, 19)))
  const weekday = (day: number): boolean => weekdayOf(day) !== 0 && weekdayOf(day) !== 6
  const early = [thanksgiving + 1, christmas - 1, independence - 1].filter((d) => weekday(d) && !closed.has(d))
  // In 2013 and after, the third of July is short whatever the weekday; before, the fifth was when the fourth was a Thursday.
  if (year < 2013 && weekdayOf(independence) === 4) {
    early.splice(early.indexOf(independence - 1), 1)
    early.push(independence + 1)
  }
  return { closed, early: new Set(early) }
}

function yearOf(day: number): Year {
  const year = new Date(day * dayMs).getUTCFullYear()
  const known = years.get(year)
  if (known) return known
  const built = buildYear(year)
  years.set(year, built)
  return built
}

interface Hours {
  readonly pre: number
  readonly open: number
  readonly close: number
  readonly post: number
}
const hoursCache = new Map<number, Hours | null>()

/** The session of one day as moments, or null when the exchange is shut. Extended hours end with the day, early close or not. */
function hoursOf(day: number): Hours | null {
  const known = hoursCache.get(day)
  if (known !== undefined) return known
  if (hoursCache.size > 5_000) hoursCache.clear()
  const hours = isOpenDay(day) ? buildHours(day) : null
  hoursCache.set(day, hours)
  return hours
}

function isOpenDay(day: number): boolean {
  const weekday = weekdayOf(day)
  return weekday !== 0 && weekday !== 6 && !yearOf(day).closed.has(day) && !unscheduled.has(dateOfDay(day))
}

function buildHours(day: number): Hours {
  const early = yearOf(day).early.has(day)
  return {
    pre: moment(day, preOpen),
    open: moment(day, regularOpen),
    close: moment(day, early ? earlyClose : regularClose),
    post: moment(day, early ? earlyClose + 4 * hourMs : postClose),
  }
}

const exchangeDay = (ms: number): number => Math.floor(wall(ms) / dayMs)

/** New York's date, `2013-10-07`. */
export const exchangeDate = (ms: number): string => dateOfDay(exchangeDay(ms))

/** New York's wall clock, `09:31:07`. */
export const exchangeTime = (ms: number): string => new Date(wall(ms)).toISOString().slice(11, 19)

/** Whether the exchange holds a session on a date (`2013-10-07`). */
export const isTradingDay = (date: string): boolean => isOpenDay(dayOfDate(date))

/** Which part of the trading day it is: pre from 04:00, regular 09:30 to the close, post until 20:00 (four hours after an early close). */
export function sessionAt(ms: number): Session {
  const hours = hoursOf(exchangeDay(ms))
  if (!hours || ms < hours.pre || ms >= hours.post) return 'closed'
  if (ms < hours.open) return 'pre'
  return ms < hours.close ? 'regular' : 'post'
}

/** The regular session's closing moment on this moment's exchange date; null when there is none that day. */
export const closeOf = (ms: number): number | null => hoursOf(exchangeDay(ms))?.close ?? null

/** The first regular open strictly after a moment. */
export function nextOpen(ms: number): number {
  for (let day = exchangeDay(ms); ; day++) {
    const hours = hoursOf(day)
    if (hours && hours.open > ms) return hours.open
  }
}

/** The first regular close strictly after a moment. */
export function nextClose(ms: number): number {
  for (let day = exchangeDay(ms); ; day++) {
    const hours = hoursOf(day)
    if (hours && hours.close > ms) return hours.close
  }
}

/** Open and close of a date's regular session. @throws RangeError when there is none. */
export function regularHours(date: string): { readonly open: number; readonly close: number } {
  const hours = hoursOf(dayOfDate(date))
  if (!hours) throw new RangeError(`no session on ${date}`)
  return { open: hours.open, close: hours.close }
}

/** Dates of sessions, from one date on (that included when it is one), as many as asked. */
export function tradingDays(from: string, count: number): readonly string[] {
  const dates: string[] = []
  for (let day = dayOfDate(from); dates.length < count; day++) if (isOpenDay(day)) dates.push(dateOfDay(day))
  return dates
}
