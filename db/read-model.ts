import type { ReadModel } from '../src/ports/read-model.ts'
import { alertQueries } from './queries/alerts.ts'
import { auditQueries } from './queries/audit.ts'
import { fillQueries } from './queries/fills.ts'
import { orderQueries } from './queries/orders.ts'
import { portfolioQueries } from './queries/portfolio.ts'
import { positionQueries } from './queries/positions.ts'
import { proposalQueries } from './queries/proposals.ts'
import { resultQueries } from './queries/results.ts'
import { scorecardQueries } from './queries/scorecard.ts'
import { securityQueries } from './queries/securities.ts'
import { stateQueries } from './queries/state.ts'
import type { Queries, Sql } from './sql.ts'

/** The books, as a connection pool or one transaction sees them. Both arguments stand for the same connection. */
export const createReadModel = (db: Queries, sql: Sql): ReadModel => ({
  ...stateQueries(sql),
  ...alertQueries(db),
  ...proposalQueries(db, sql),
  ...orderQueries(db, sql),
  ...positionQueries(db, sql),
  ...fillQueries(db),
  ...resultQueries(db),
  ...portfolioQueries(db, sql),
  ...scorecardQueries(sql),
  ...auditQueries(db, sql),
  ...securityQueries(sql),
})
