import type { Price } from '../domain/decimal.ts'
import type { Position } from '../domain/position.ts'
import type { AppContext } from './context.ts'

export interface PricedPosition {
  readonly position: Position
  /** Last trade; the last mark when there is no quote. */
  readonly at: Price
  readonly fresh: boolean
}

/** What open positions would fetch now. Without quotes the last marks serve, and say so. */
export async function pricedPositions(
  app: Pick<AppContext, 'market' | 'log'>,
  positions: readonly Position[],
): Promise<readonly PricedPosition[]> {
  const quotes = await app.market.quotes(positions.map((position) => position.symbol)).catch((error: unknown) => {
    app.log.warn({ error }, 'no quotes: positions are shown at their last marks')
    return []
  })
  return positions.map((position, i) => {
    const last = quotes[i]?.last
    return { position, at: last ?? position.markPrice ?? position.entryPrice, fresh: last !== undefined }
  })
}
