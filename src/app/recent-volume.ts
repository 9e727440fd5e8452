import { closeOf, exchangeDate, regularHours, sessionAt } from '../domain/calendar.ts'
import { relativeVolume } from '../domain/indicators/relative-volume.ts'
import type { AppContext } from './context.ts'
import { orNull } from './portfolio-inputs.ts'

const minuteMs = 60_000
/** Long enough to be steady, short enough to show what the news did, and cheap: it is asked for at every alert. */
const stretchMinutes = 30
const fewestMinutes = 5
const averageDays = 20

/** RVOL of the last half hour of this session; null outside of it, in its first minutes, and without volume data. */
export async function recentRelativeVolume(context: Pick<AppContext, 'clock' | 'market' | 'log'>, symbol: string): Promise<number | null> {
  const now = context.clock.now()
  const close = closeOf(now)
  if (close === null || sessionAt(now) !== 'regular') return null
  const { open } = regularHours(exchangeDate(now))
  const minutes = Math.min(stretchMinutes, Math.floor((now - open) / minuteMs))
  if (minutes < fewestMinutes) return null
  const bars = await orNull(context.log, 'volume', symbol, context.market.bars(symbol, '1m', minutes))
  const days = await orNull(context.log, 'daily volume', symbol, context.market.bars(symbol, '1d', averageDays))
  if (bars === null || days === null) return null
  const since = now - (minutes + 1) * minuteMs
  const traded = bars.filter((bar) => bar.at >= since).reduce((sum, bar) => sum + bar.volume, 0)
  const share = (minutes * minuteMs) / (close - open)
  const rvol = relativeVolume(
    traded,
    days.map((day) => day.volume),
    share,
  )
  return rvol === null ? null : Math.round(rvol * 100) / 100
}
