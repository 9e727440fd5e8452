import { exchangeDate, sessionAt } from '../../../domain/calendar.ts'
import type { Bar } from '../../../ports/market-data.ts'

/** Bars of regular sessions, one for each exchange date; `at` is midnight UTC of that date. */
export function aggregateDays(minutes: readonly Bar[]): readonly Bar[] {
  const days = new Map<string, Bar>()
  for (const bar of minutes) {
    if (sessionAt(bar.at) !== 'regular') continue
    const date = exchangeDate(bar.at)
    const day = days.get(date)
    if (!day) {
      days.set(date, { ...bar, at: Date.parse(`${date}T00:00:00Z`) })
      continue
    }
    const high = bar.high.gt(day.high) ? bar.high : day.high
    const low = bar.low.lt(day.low) ? bar.low : day.low
    days.set(date, { ...day, high, low, close: bar.close, volume: day.volume + bar.volume })
  }
  return [...days.values()]
}

/** Daily bars of a file go before those of the replayed minutes, which are what was really seen. */
export function joinDays(fromFile: readonly Bar[], fromMinutes: readonly Bar[]): readonly Bar[] {
  const first = fromMinutes[0]
  return first ? [...fromFile.filter((bar) => bar.at < first.at), ...fromMinutes] : fromFile
}
