import { decimal, divide, percentOf, type Quantity, roundDown, text, zero } from '../../../src/domain/decimal.ts'
import type { AlpacaBook } from './book.ts'
import type { Desk } from './desk.ts'
import { AlpacaError, invalid, notFound } from './errors.ts'
import { type Exchange, ok, type Reply, type Route, route } from './http.ts'
import { type EmulatedOrder, isOpen } from './records.ts'
import { orderView, positionView, stamp } from './views.ts'

export interface TradingParts {
  readonly book: AlpacaBook
  readonly desk: Desk
  readonly now: () => number
  /** Whether a nested list of open orders shows a filled entry whose legs still work. */
  readonly showsFamilies: () => boolean
}

export function createOrderRoutes(parts: TradingParts): readonly Route[] {
  const { book, desk, now } = parts
  const view = (order: EmulatedOrder, nested: boolean) => viewOf(book, order, nested)
  const visible = (order: EmulatedOrder): EmulatedOrder => {
    if (order.invisibleUntil > now()) throw notFound(`order not found for ${order.id}`)
    return order
  }
  return [
    route('POST', '/v2/orders', ({ body }) => ok(view(desk.submit(body), true))),
    route('GET', '/v2/orders', ({ query }) => ok(listOrders(parts, query))),
    route('GET', '/v2/orders:by_client_order_id', ({ query }) => {
      const order = book.byClientId(query.get('client_order_id') ?? '')
      if (!order) throw notFound('order not found for the given client_order_id')
      return ok(view(visible(order), true))
    }),
    route('GET', '/v2/orders/:x', ({ query }, [id = '']) => ok(view(visible(book.order(id)), query.get('nested') === 'true'))),
    route('PATCH', '/v2/orders/:x', ({ body }, [id = '']) => ok(view(desk.replace(visible(book.order(id)), body), false))),
    route('DELETE', '/v2/orders/:x', (_, [id = '']) => {
      desk.cancel(visible(book.order(id)))
      return { status: 204 }
    }),
    route('DELETE', '/v2/orders', () => ({ status: 207, body: cancelAll(parts) })),
  ]
}

const viewOf = (book: AlpacaBook, order: EmulatedOrder, nested: boolean): Record<string, unknown> =>
  orderView(order, nested ? book.legsOf(order) : null, book.assetOf(order.symbol))

function cancelAll({ book, desk }: TradingParts): readonly object[] {
  return book.open().map((order) => {
    try {
      desk.cancel(order)
      return { id: order.id, status: 200 }
    } catch (error) {
      if (!(error instanceof AlpacaError)) throw error
      return { id: order.id, status: 500, body: error.body }
    }
  })
}

function listOrders({ book, now, showsFamilies }: TradingParts, query: URLSearchParams): readonly object[] {
  const nested = query.get('nested') === 'true'
  const status = query.get('status') ?? 'open'
  const limit = Number(query.get('limit') ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw invalid('limit must be between 1 and 500')
  if (!['open', 'closed', 'all'].includes(status)) throw invalid(`invalid status: ${status}`)
  // A leg that waits at Alpaca is neither open nor closed to this list.
  const shown = (order: EmulatedOrder): boolean => isOpen(order) && order.status !== 'held'
  const family = (order: EmulatedOrder): boolean => nested && showsFamilies() && book.legsOf(order).some(isOpen)
  const asked = (order: EmulatedOrder): boolean =>
    status === 'all' || (status === 'open' ? shown(order) || family(order) : !isOpen(order) && !(family(order) && nested))
  const symbols = query.get('symbols')?.split(',') ?? null
  const times = { after: at(query, 'after'), until: at(query, 'until') }
  const places = { before: placeOf(book, query.get('before_order_id')), after: placeOf(book, query.get('after_order_id')) }
  const found = [...book.orders.values()]
    .filter((order) => !nested || order.parentId === null)
    .filter((order) => order.invisibleUntil <= now() && asked(order))
    .filter((order) => symbols === null || symbols.includes(order.symbol))
    .filter((order) => query.get('side') === null || order.side === query.get('side'))
    .filter(({ times: { submittedAt }, place }) => exactly(submittedAt, place, times))
    .filter(({ place }) => (places.before === null || place < places.before) && (places.after === null || place > places.after))
    .sort((a, b) => a.place - b.place)
  if (query.get('direction') !== 'asc') found.reverse()
  return found.slice(0, limit).map((order) => viewOf(book, order, nested))
}
interface Bounds {
  readonly after: string | null
  readonly until: string | null
}
/** Compared as text: the last digits of a stamp tell orders of one millisecond apart. */
const exactly = (submittedAt: number, place: number, { after, until }: Bounds): boolean => {
  const own = stamp(submittedAt, place)
  return (after === null || own > after) && (until === null || own < until)
}
function at(query: URLSearchParams, name: string): string | null {
  const value = query.get(name)
  if (value === null) return null
  const ms = Date.parse(value)
  if (Number.isNaN(ms)) throw invalid(`invalid ${name}`)
  const fraction = /\.(\d{1,9})/.exec(value)?.[1] ?? ''
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`
}
const placeOf = (book: AlpacaBook, id: string | null): number | null => (id === null ? null : book.order(id).place)

export function createPositionRoutes(parts: TradingParts): readonly Route[] {
  const { book } = parts
  const view = (symbol: string) => {
    const held = book.position(symbol)
    const current = book.mark(held)
    const lastDay = book.marks.get(held.symbol)?.lastDay ?? current
    return positionView(held, book.assetOf(held.symbol), { current, lastDay, available: book.available(held.symbol) })
  }
  return [
    route('GET', '/v2/positions', () => ok([...book.positions.keys()].sort().map(view))),
    route('GET', '/v2/positions/:x', (_, [symbol = '']) => ok(view(symbol))),
    route('DELETE', '/v2/positions/:x', (exchange, [symbol = '']) => ok(viewOf(book, close(parts, symbol, exchange), false))),
    route('DELETE', '/v2/positions', (exchange): Reply => {
      if (exchange.query.get('cancel_orders') === 'true') cancelNow(parts)
      return { status: 207, body: [...book.positions.keys()].map((symbol) => closeOne(parts, symbol, exchange)) }
    }),
  ]
}

/** Alpaca cancels first and then closes; here the venue answers at once, unless a test holds cancels back. */
function cancelNow({ book, desk }: TradingParts): void {
  for (const order of book.open()) {
    // The other leg of a pair went with the first.
    if (!isOpen(order)) continue
    if (order.status !== 'pending_cancel') desk.cancel(order)
    if (desk.cancelsAtOnce()) desk.completeCancel(order)
  }
}

function closeOne(parts: TradingParts, symbol: string, exchange: Exchange): object {
  try {
    return { symbol, status: 200, body: viewOf(parts.book, close(parts, symbol, { ...exchange, query: new URLSearchParams() }), false) }
  } catch (error) {
    if (!(error instanceof AlpacaError)) throw error
    return { symbol, status: error.status, body: error.body }
  }
}

function close({ book, desk }: TradingParts, symbolOrId: string, { query }: Exchange): EmulatedOrder {
  const held = book.position(symbolOrId)
  const [asked, share] = [query.get('qty'), query.get('percentage')]
  if (asked !== null && share !== null) throw invalid('only one of qty or percentage is accepted')
  const places = held.quantity.round(0).eq(held.quantity) ? 0 : 9
  const part = share === null ? held.quantity : (roundDown(percentOf(held.quantity, decimal(share)), places) as Quantity)
  const quantity = asked === null ? part : (decimal(asked) as Quantity)
  if (quantity.lte(zero) || divide(quantity, held.quantity).gt(decimal('1'))) throw invalid('qty must be > 0 and no more than the position')
  return desk.submit({
    symbol: held.symbol,
    qty: text(quantity),
    side: held.side === 'long' ? 'sell' : 'buy',
    type: 'market',
    time_in_force: 'day',
  })
}
