import { type Alert, type AlertEvent, alertEvolution } from './alert.ts'
import { type BooksEvent, type BooksState, booksEvolution } from './books.ts'
import type { Evolution } from './decision.ts'
import { type Order, type OrderEvent, orderEvolution } from './order.ts'
import { type People, type PeopleEvent, peopleEvolution } from './people.ts'
import { type PortfolioDay, type PortfolioEvent, portfolioEvolution } from './portfolio.ts'
import { type Position, type PositionEvent, positionEvolution } from './position.ts'
import { type Proposal, type ProposalEvent, proposalEvolution } from './proposal.ts'
import { type TradingState, type TradingStateEvent, tradingStateEvolution } from './trading-state.ts'

/** Every kind of stream: its state and its events. A stream's id is `<kind>:<id>`. */
export interface Streams {
  readonly alert: { readonly state: Alert; readonly event: AlertEvent }
  readonly proposal: { readonly state: Proposal; readonly event: ProposalEvent }
  readonly order: { readonly state: Order; readonly event: OrderEvent }
  readonly position: { readonly state: Position; readonly event: PositionEvent }
  readonly trading: { readonly state: TradingState; readonly event: TradingStateEvent }
  readonly people: { readonly state: People; readonly event: PeopleEvent }
  readonly books: { readonly state: BooksState; readonly event: BooksEvent }
  readonly portfolio: { readonly state: PortfolioDay; readonly event: PortfolioEvent }
}
export type StreamKind = keyof Streams
export type StateOf<K extends StreamKind> = Streams[K]['state']
export type EventOf<K extends StreamKind> = Streams[K]['event']
export type DomainEvent = EventOf<StreamKind>

export const evolutions: { readonly [K in StreamKind]: Evolution<StateOf<K>, EventOf<K>> } = {
  alert: alertEvolution,
  proposal: proposalEvolution,
  order: orderEvolution,
  position: positionEvolution,
  trading: tradingStateEvolution,
  people: peopleEvolution,
  portfolio: portfolioEvolution,
  books: booksEvolution,
}

/** The one stream of kinds that have only one: the trading state, the people and the books themselves. */
export const singleton = 'main'
