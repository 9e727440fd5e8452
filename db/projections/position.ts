import { type Usd, usd, zero } from '../../src/domain/decimal.ts'
import type { Position } from '../../src/domain/position.ts'
import { closedPositions, dayResults, groupResults, positions, realizations, riskEvents } from '../schema.ts'
import { add, eventId, exchangeDate, type Projection, put, type Step, type Write } from './write.ts'

export const positionProjection: Projection<'position'> = (id, steps) => {
  const last = steps.at(-1)
  const rows = last ? [put(positions, { ...last.after, streamVersion: last.version }), ...closedRow(last.after, last.version)] : []
  return [...rows, ...steps.flatMap((step) => [...realizationRows(id, step), ...groupRows(step), ...riskRows(id, step)])]
}

function closedRow(position: Position, streamVersion: number): readonly Write[] {
  const { closedAt, exitReason, exitPrice } = position
  if (closedAt === null || exitReason === null || exitPrice === null) return []
  const { id, symbol, side, entryPrice, realizedPnl, fees, mae, mfe, category, openedAt, proposalId } = position
  const entry = { positionId: id, streamVersion, symbol, side, entryPrice, category, openedAt, proposalId }
  const exit = { exitPrice, exitReason, closedAt, date: exchangeDate(closedAt), quantity: position.peakQuantity }
  return [put(closedPositions, { ...entry, ...exit, realizedPnl, fees, mae, mfe })]
}

/** What a fill realized counts on its own day; whether the trade was won counts on the day of its close, net of fees. */
function realizationRows(positionId: string, step: Step<'position'>): readonly Write[] {
  const { before, after, event, version } = step
  if (event.type === 'PositionFeeCharged') {
    const result = {
      date: exchangeDate(after.closedAt ?? event.at),
      realizedPnl: usd(zero),
      fees: usd(event.amount),
      trades: 0,
      ...turned(step),
    }
    return [put(realizations, { id: eventId('position', positionId, version), ...result }), add(dayResults, result)]
  }
  if (!('fill' in event)) return []
  const closed = event.type === 'PositionClosed'
  const net = after.realizedPnl.minus(after.fees)
  const result = {
    date: exchangeDate(event.fill.at),
    realizedPnl: after.realizedPnl.minus(before.realizedPnl) as Usd,
    fees: usd(event.fill.fees),
    trades: closed ? 1 : 0,
    wins: closed && net.gt(zero) ? 1 : 0,
    losses: closed && net.lt(zero) ? 1 : 0,
  }
  return [put(realizations, { id: eventId('position', positionId, version), ...result }), add(dayResults, result)]
}

/** A fee that comes after the close may turn a win into a loss; before it, nothing is won or lost yet. */
function turned({ before, after }: Step<'position'>): { readonly wins: number; readonly losses: number } {
  if (after.closedAt === null) return { wins: 0, losses: 0 }
  const count = (position: Position, way: 'gt' | 'lt') => (position.realizedPnl[way](position.fees) ? 1 : 0)
  return { wins: count(after, 'gt') - count(before, 'gt'), losses: count(after, 'lt') - count(before, 'lt') }
}

/** A closed trade counts whole, in the day, month and year of its close; so does a fee that comes for it later. */
function groupRows(step: Step<'position'>): readonly Write[] {
  const { after, event } = step
  if (after.closedAt === null || (event.type !== 'PositionClosed' && event.type !== 'PositionFeeCharged')) return []
  const { symbol, category, realizedPnl, fees } = after
  const result =
    event.type === 'PositionClosed'
      ? { realizedPnl, fees, wins: realizedPnl.gt(fees) ? 1 : 0, trades: 1 }
      : { realizedPnl: usd(zero), fees: usd(event.amount), wins: turned(step).wins, trades: 0 }
  const day = exchangeDate(after.closedAt)
  const spans = [
    { span: 'day', start: day },
    { span: 'month', start: `${day.slice(0, 7)}-01` },
    { span: 'year', start: `${day.slice(0, 4)}-01-01` },
  ] as const
  return spans.flatMap((span) => [
    add(groupResults, { ...span, grouping: 'symbol', name: symbol, ...result }),
    add(groupResults, { ...span, grouping: 'category', name: category ?? 'none', ...result }),
  ])
}

function riskRows(positionId: string, { event, after, version }: Step<'position'>): readonly Write[] {
  if (event.type !== 'PositionUnprotected') return []
  const { symbol, proposalId } = after
  const id = eventId('position', positionId, version)
  return [put(riskEvents, { id, at: event.at, kind: event.type, symbol, proposalId, explain: event.reason, denials: [] })]
}
