import { usd, zero } from '../../src/domain/decimal.ts'
import { dayResults, portfolioSnapshots, realizations } from '../schema.ts'
import { add, eventId, exchangeDate, type Projection, put, type Step, type Write } from './write.ts'

export const portfolioProjection: Projection<'portfolio'> = (date, steps) => steps.flatMap((step) => rows(date, step))

function rows(date: string, { event, version }: Step<'portfolio'>): readonly Write[] {
  const id = eventId('portfolio', date, version)
  if (event.type === 'AccountFeeCharged') {
    const result = { date: exchangeDate(event.at), realizedPnl: usd(zero), fees: usd(event.amount), trades: 0, wins: 0, losses: 0 }
    return [put(realizations, { id, ...result }), add(dayResults, result)]
  }
  return [
    put(portfolioSnapshots, {
      id,
      at: event.at,
      equity: usd(event.equity),
      cash: usd(event.cash),
      longValue: usd(event.longValue),
      shortValue: usd(event.shortValue),
      unrealizedPnl: usd(event.unrealizedPnl),
      openPositions: event.openPositions,
    }),
  ]
}
