import { text } from '../domain/decimal.ts'
import { isTerminal, type Order } from '../domain/order.ts'
import type { Position } from '../domain/position.ts'
import { singleton } from '../domain/streams.ts'
import { type TradingState, verifyFlat } from '../domain/trading-state.ts'
import { isoNow } from '../ports/clock.ts'
import { count } from './card.ts'
import { haltProgress } from './cards/execution-notices.ts'
import { statusMessage } from './cards/status.ts'
import { closingOrder, requestClose } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import type { Trouble } from './page-people.ts'
import { isUnsure } from './resolve-unknown.ts'

export interface HaltProgress {
  readonly done: boolean
  readonly title: string
  readonly lines: readonly string[]
}

export interface HaltWatch {
  /** Follows a halt to its end: entries gone, or everything flat. @returns what is left after a flatten, to page people with. */
  look(): Promise<readonly Trouble[]>
}

/** Running milliseconds between the two looks that make it sure: a fill that was on its way has come by then. */
const betweenLooksMs = 2_000

/**
 * A halt is done when no entry works and every position is protected; a flatten when nothing is left at the broker either, at two
 * looks. Until then one message says how far it has come.
 */
export function createHaltWatch(context: AppContext): HaltWatch {
  /** How the message reads that stands; by epoch. */
  let shown = ''
  /** Running milliseconds from the halt to its last entry's end, once that was seen. */
  let tookMs: number | null = null
  let flatSince: number | null = null

  async function show(trading: TradingState, progress: HaltProgress): Promise<void> {
    const words = `${trading.epoch} ${JSON.stringify(progress)}`
    if (words === shown) return
    await context.store.transact(occasion(context, 'system'), async (tx) => {
      tx.enqueue(haltProgress(trading.epoch, progress, context.broker.mode))
    })
    shown = words
  }

  async function lookFlat(trading: TradingState, left: readonly string[]): Promise<readonly Trouble[]> {
    const now = context.clock.now()
    const atBroker = left.length > 0 ? left : await leftAtBroker(context)
    if (atBroker.length > 0) {
      flatSince = null
      const title = `HALTED, NOT FLAT: ${count(atBroker.length, 'thing')} left`
      await show(trading, { done: false, title, lines: atBroker.slice(0, 12) })
      const [first = ''] = atBroker
      const buttons = [{ id: 'flatten:all', label: 'Flatten all', style: 'danger' as const }]
      return [{ key: `not-flat-${trading.epoch}`, title: 'HALTED, NOT FLAT', lines: [first, ...atBroker.slice(1, 12)], buttons }]
    }
    flatSince ??= now
    if (now - flatSince < betweenLooksMs) return []
    const meta = occasion(context, 'system')
    await context.store.transact(meta, async (tx) => {
      await tx.lock('trading-state')
      const stream = await tx.load('trading', singleton)
      const decision = verifyFlat(stream.state, meta.occurredAt)
      if (!decision.ok || decision.events.length === 0) return
      tx.append(stream, decision.events)
      tx.enqueue(statusMessage)
    })
    flatSince = null
    await show(trading, { done: true, title: 'HALTED, FLAT', lines: ['No order and no position at the broker, seen twice.'] })
    return []
  }

  return {
    async look() {
      const trading = await context.read.tradingState()
      if (trading.state !== 'halted') {
        shown = ''
        tookMs = null
        flatSince = null
        return []
      }
      const [working, positions] = await Promise.all([context.read.workingOrders(), context.read.openPositions()])
      if (trading.flattening) {
        await closeRest(context, working, positions)
        return lookFlat(trading, leftInBooks(working, positions))
      }
      const entries = working.filter((order) => order.role === 'entry')
      // Nothing was at work, and nothing was told: there is nothing to follow.
      if (entries.length === 0 && shown === '') return []
      tookMs = entries.length > 0 ? null : (tookMs ?? context.clock.now() - Date.parse(trading.since ?? isoNow(context.clock)))
      await show(trading, progressOf(entries, positions, tookMs ?? 0))
      return []
    },
  }
}

function progressOf(entries: readonly Order[], positions: readonly Position[], tookMs: number): HaltProgress {
  if (entries.length > 0) {
    const lines = entries.slice(0, 8).map((o) => `${o.side} ${text(o.quantity)} ${o.symbol}: ${o.status.replace('_', ' ')}`)
    return { done: false, title: `Halting: ${count(entries.length, 'entry', 'entries')} still there`, lines }
  }
  const naked = positions.filter(({ unprotected }) => unprotected)
  const held = positions.length === 0 ? 'Nothing is held.' : `${count(positions.length, 'position')} held behind stops.`
  const protection = naked.length === 0 ? [held] : naked.map(({ symbol }) => `${symbol} has no stop`)
  const lines = [...protection, `The last entry was gone after ${Math.max(1, Math.round(tookMs / 1000))} s.`]
  return { done: naked.length === 0, title: 'Halted: no entry is at work', lines }
}

/** What appeared since, by a fill that was on its way, is closed as well. */
async function closeRest(context: AppContext, working: readonly Order[], positions: readonly Position[]): Promise<void> {
  const rest = positions.filter((position) => !closingOrder(working, position))
  if (rest.length > 0) await requestClose(context, rest, 'kill', occasion(context, 'system'))
}

function leftInBooks(working: readonly Order[], positions: readonly Position[]): readonly string[] {
  const held = positions.map((p) => `${p.side} ${text(p.quantity)} ${p.symbol}: ${closingOrder(working, p)?.status ?? 'not being closed'}`)
  const orders = working.filter((order) => !isTerminal(order) && order.role !== 'close')
  const others = orders.map((o) => `${o.symbol}: ${o.role} of ${text(o.quantity)} ${isUnsure(o) ? 'unknown' : o.status.replace('_', ' ')}`)
  return [...held, ...others]
}

/** Held legs and strangers' orders included. */
async function leftAtBroker(context: AppContext): Promise<readonly string[]> {
  const [orders, positions] = await Promise.all([context.broker.openOrders(), context.broker.positions()])
  return [
    ...positions.map((p) => `${p.side} ${text(p.quantity)} ${p.symbol} at the broker`),
    ...orders.map((o) => `${o.ticket.symbol}: an order at the broker, ${o.statusWord}`),
  ]
}
