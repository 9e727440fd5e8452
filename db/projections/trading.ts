import { riskEvents, singletons } from '../schema.ts'
import { eventId, type Projection, put, type Step, type Write } from './write.ts'

export const tradingProjection: Projection<'trading'> = (id, steps) => {
  const last = steps.at(-1)
  const row = last ? [put(singletons, { id: `trading:${id}`, streamVersion: last.version, state: last.after })] : []
  return [...row, ...steps.flatMap((step) => riskRows(id, step))]
}

function riskRows(id: string, { event, version }: Step<'trading'>): readonly Write[] {
  if (event.type === 'ModeChanged' || event.type === 'FlattenOrdered' || event.type === 'FlatVerified') return []
  const explain = event.type === 'TradingResumed' ? event.reason : event.cause
  return [
    put(riskEvents, {
      id: eventId('trading', id, version),
      at: event.at,
      kind: event.type,
      symbol: null,
      proposalId: null,
      explain,
      denials: [],
    }),
  ]
}
