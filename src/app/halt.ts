import { singleton } from '../domain/streams.ts'
import { haltTrading } from '../domain/trading-state.ts'
import type { EventMeta, Transaction } from '../ports/event-store.ts'
import { stateNotice } from './cards/notices.ts'
import { statusMessage } from './cards/status.ts'
import type { AppContext } from './context.ts'

/** Latches HALTED together with the fact that calls for it; entries and cards follow by themselves. */
export async function haltInside(context: AppContext, tx: Transaction, cause: string, meta: EventMeta): Promise<void> {
  await tx.lock('trading-state')
  const stream = await tx.load('trading', singleton)
  const decision = haltTrading(stream.state, meta.actor, cause, meta.occurredAt)
  if (!decision.ok || decision.events.length === 0) return
  const after = tx.append(stream, decision.events)
  tx.enqueue(stateNotice(after.state, meta, context.broker.mode, context.names.of))
  tx.enqueue(statusMessage)
}
