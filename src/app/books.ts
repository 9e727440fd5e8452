import {
  type BooksEvent,
  type BooksIdentity,
  type BooksState,
  closeBooks,
  type Drill,
  type Goal,
  openBooks,
  overrideReadiness,
  recordDrill,
} from '../domain/books.ts'
import { usd, zero } from '../domain/decimal.ts'
import type { Decision, Refusal } from '../domain/decision.ts'
import type { TrackRecord } from '../domain/readiness.ts'
import { singleton } from '../domain/streams.ts'
import type { Broker } from '../ports/broker.ts'
import type { Clock } from '../ports/clock.ts'
import type { EventMeta, EventStore, OutboxMessage } from '../ports/event-store.ts'
import type { ReadModel } from '../ports/read-model.ts'
import { notice } from './card.ts'
import { type AppContext, occasion } from './context.ts'

export type BooksChange = { readonly ok: true; readonly books: BooksState } | { readonly ok: false; readonly refusal: Refusal }

/** Changes what the books say of themselves. @param tell what everybody hears about it. */
export function amendBooks(
  { store }: { readonly store: EventStore },
  meta: EventMeta,
  decide: (state: BooksState) => Decision<BooksEvent>,
  tell?: OutboxMessage,
): Promise<BooksChange> {
  return store.transact(meta, async (tx) => {
    const stream = await tx.load('books', singleton)
    const decision = decide(stream.state)
    if (!decision.ok) return { ok: false as const, refusal: decision.refusal }
    const { state } = tx.append(stream, decision.events)
    if (tell !== undefined && decision.events.length > 0) tx.enqueue(tell)
    return { ok: true as const, books: state }
  })
}

/** Writes down that these books are in use now, by this account. */
export const openTheBooks = (
  context: { readonly store: EventStore; readonly clock: Clock },
  identity: BooksIdentity,
): Promise<BooksChange> => {
  const meta = occasion(context, 'system')
  return amendBooks(context, meta, (state) => openBooks(state, identity, meta.occurredAt))
}

export const closeTheBooks = (context: { readonly store: EventStore; readonly clock: Clock }): Promise<BooksChange> => {
  const meta = occasion(context, 'system')
  return amendBooks(context, meta, (state) => closeBooks(state, meta.occurredAt))
}

type Told = Pick<AppContext, 'store' | 'broker' | 'names'>

/** An owner goes ahead all the same; everybody hears who and why. */
export function override(context: Told, goal: Goal, reason: string, meta: EventMeta): Promise<BooksChange> {
  const who = context.names.of(meta.actor)
  const tell = notice(`readiness:${meta.correlationId}`, context.broker.mode, {
    tone: 'warning',
    title: `Not ready for ${goal}, and overridden`,
    lines: [`By ${who}: ${reason.trim()}`],
  })
  return amendBooks(context, meta, () => overrideReadiness(goal, meta.actor, reason, meta.occurredAt), tell)
}

export const drill = (context: Pick<AppContext, 'store'>, what: Drill, note: string, meta: EventMeta): Promise<BooksChange> =>
  amendBooks(context, meta, () => recordDrill(what, meta.actor, note, meta.occurredAt))

/** Long before the first trade of any books. */
const theBeginning = '1970-01-01'

/** What the books show of how the trading went. */
export async function trackRecord(read: ReadModel, mode: Broker['mode'], now: number): Promise<TrackRecord> {
  const [books, first, killed, days] = await Promise.all([
    read.books(),
    read.firstFillAt(),
    read.lastKilledAt(),
    read.dayResults(theBeginning),
  ])
  const results = days.map((day) => ({ ...day, net: usd(day.realizedPnl.minus(day.fees)) }))
  const [worst] = [...results].sort((a, b) => a.net.cmp(b.net))
  return {
    mode,
    now,
    books,
    firstTradeAt: first === null ? null : Date.parse(first),
    trades: results.reduce((sum, { trades }) => sum + trades, 0),
    wins: results.reduce((sum, { wins }) => sum + wins, 0),
    net: usd(results.reduce((sum, { net }) => sum.plus(net), zero)),
    worstDay: worst === undefined ? null : { date: worst.date, net: worst.net },
    killedAt: killed === null ? null : Date.parse(killed),
  }
}
