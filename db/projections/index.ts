import type { StreamKind } from '../../src/domain/streams.ts'
import { alertProjection } from './alert.ts'
import { booksProjection } from './books.ts'
import { orderProjection } from './order.ts'
import { peopleProjection } from './people.ts'
import { portfolioProjection } from './portfolio.ts'
import { positionProjection } from './position.ts'
import { proposalProjection } from './proposal.ts'
import { tradingProjection } from './trading.ts'
import type { Projection } from './write.ts'

export const projections: { readonly [K in StreamKind]: Projection<K> } = {
  alert: alertProjection,
  proposal: proposalProjection,
  order: orderProjection,
  position: positionProjection,
  trading: tradingProjection,
  people: peopleProjection,
  portfolio: portfolioProjection,
  books: booksProjection,
}
