import { exchangeDate, isTradingDay, regularHours, sessionAt, tradingDays } from '../../../domain/calendar.ts'

/** A year of history before it. */
const firstDate = '2025-03-03'
/** The first simulated day: a Monday without holidays around it. */
export const firstLiveDate = '2026-03-02'

/** One session of the simulated world. */
export interface TradingDay {
  /** 0 is the first day of history. */
  readonly index: number
  readonly date: string
  readonly open: number
  readonly close: number
  readonly minutes: number
}

/** Where a moment lies: in a day's session, or before or after it. */
export interface Moment {
  readonly ms: number
  readonly day: TradingDay
  readonly phase: 'before' | 'pre' | 'regular' | 'post' | 'after'
  /** Seconds since the open, within the session. */
  readonly second: number
}

const days: TradingDay[] = []
const indexByDate = new Map<string, number>()

function extend(): void {
  const last = days.at(-1)
  const from = last ? new Date(Date.parse(`${last.date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10) : firstDate
  for (const date of tradingDays(from, 260)) {
    const { open, close } = regularHours(date)
    indexByDate.set(date, days.length)
    days.push({ index: days.length, date, open, close, minutes: (close - open) / 60_000 })
  }
}

export function dayAt(index: number): TradingDay {
  if (index < 0) throw new RangeError('the simulated world begins on 2025-03-03')
  for (;;) {
    const day = days[index]
    if (day) return day
    extend()
  }
}

function dayOfDate(date: string): TradingDay {
  for (;;) {
    const index = indexByDate.get(date)
    if (index !== undefined) return dayAt(index)
    if (date < firstDate) throw new RangeError(`the simulated world begins on ${firstDate}, not ${date}`)
    extend()
  }
}

export const firstLiveDay = (): TradingDay => dayOfDate(firstLiveDate)

/** Finds the session that a moment belongs to: its own date's, or the last one before. */
export function momentOf(ms: number): Moment {
  let date = exchangeDate(ms)
  const open = isTradingDay(date)
  while (!isTradingDay(date)) date = new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
  const day = dayOfDate(date)
  if (!open) return { ms, day, phase: 'after', second: day.minutes * 60 }
  const session = sessionAt(ms)
  if (session === 'closed') {
    if (ms >= day.close) return { ms, day, phase: 'after', second: day.minutes * 60 }
    return { ms, day, phase: 'before', second: 0 }
  }
  if (session === 'pre') return { ms, day, phase: 'pre', second: 0 }
  if (session === 'post') return { ms, day, phase: 'post', second: day.minutes * 60 }
  return { ms, day, phase: 'regular', second: Math.floor((ms - day.open) / 1000) }
}
