import type { InferSelectModel } from 'drizzle-orm'
import type { DecisionRow, ReadModel, RiskEventRow } from '../../src/ports/read-model.ts'
import { readEvents, toStored } from '../event-rows.ts'
import { riskEvents } from '../schema.ts'
import { type Queries, run, type Sql } from '../sql.ts'
import { pageQuery, toPage } from './page.ts'

const toRiskEvent = ({ id: _, ...row }: InferSelectModel<typeof riskEvents>): RiskEventRow => row

export const auditQueries = (db: Queries, connection: Sql): Pick<ReadModel, 'decisions' | 'riskEvents' | 'events' | 'lastSequence'> => ({
  async decisions(limit) {
    const rows = await run(
      connection,
      `select a.at, a.by, a.outcome, p.symbol, a.proposal_id, a.reason from approvals a join proposals p on p.id = a.proposal_id
       order by a.at desc, a.id desc limit $1`,
      [limit],
    )
    return rows.map((row) => ({
      at: new Date(String(row['at'])).toISOString(),
      by: String(row['by']),
      outcome: row['outcome'] as DecisionRow['outcome'],
      symbol: String(row['symbol']),
      proposalId: String(row['proposal_id']),
      reason: row['reason'] === null ? null : String(row['reason']),
    }))
  },
  async riskEvents(page) {
    const query = pageQuery(riskEvents.at, riskEvents.id, page)
    const rows = await db
      .select()
      .from(riskEvents)
      .where(query.where)
      .orderBy(...query.order)
      .limit(query.limit)
    return toPage(rows, query, toRiskEvent, (row) => [row.at, row.id])
  },
  async events({ stream, correlationId, after, newest }, limit) {
    const parameters: (string | number)[] = [limit]
    const holds = (condition: string, value: string | number | undefined): string => {
      if (value === undefined) return ''
      return ` and ${condition} $${parameters.push(value)}`
    }
    const conditions = `true${holds('stream =', stream)}${holds('correlation_id =', correlationId)}${holds('sequence >', after)}`
    const rows = await readEvents(connection, `${conditions} order by sequence ${newest ? 'desc' : 'asc'} limit $1`, parameters)
    return rows.map(toStored)
  },
  async lastSequence() {
    const [row] = await run(connection, 'select coalesce(max(sequence), 0) as last from events', [])
    return Number(row?.['last'])
  },
})
