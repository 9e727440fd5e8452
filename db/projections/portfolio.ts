import { usd } from '../../src/domain/decimal.ts'
import { portfolioSnapshots } from '../schema.ts'
import { eventId, type Projection, put } from './write.ts'

export const portfolioProjection: Projection<'portfolio'> = (date, steps) =>
  steps.map(({ event, version }) =>
    put(portfolioSnapshots, {
      id: eventId('portfolio', date, version),
      at: event.at,
      equity: usd(event.equity),
      cash: usd(event.cash),
      longValue: usd(event.longValue),
      shortValue: usd(event.shortValue),
      unrealizedPnl: usd(event.unrealizedPnl),
      openPositions: event.openPositions,
    }),
  )
