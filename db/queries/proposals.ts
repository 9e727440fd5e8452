import { and, asc, desc, eq, gte, type InferSelectModel, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Proposal } from '../../src/domain/proposal.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { proposals } from '../schema.ts'
import type { Queries, Sql } from '../sql.ts'
import { first, statement } from '../statement.ts'
import { pageQuery, toPage } from './page.ts'

export function toProposal(row: InferSelectModel<typeof proposals>): Proposal {
  const {
    streamVersion: _,
    version,
    quantity,
    limitPrice,
    ceilingPrice,
    stopLoss,
    takeProfit,
    riskAmount,
    sizedBy,
    pricedAt,
    ...rest
  } = row
  return { ...rest, terms: { version, quantity, limitPrice, ceilingPrice, stopLoss, takeProfit, riskAmount, sizedBy, pricedAt } }
}

// Written out, not a parameter: only so can the server prove that the partial index holds these rows.
const open = sql`status in ('pending', 'armed')`
const armed = sql`status = 'armed'`
const pending = sql`status = 'pending'`

const soonestFirst = (db: Queries, where: SQL | undefined) =>
  db.select().from(proposals).where(where).orderBy(asc(proposals.expiresAt), asc(proposals.id))

type ProposalQuery =
  | 'proposal'
  | 'proposals'
  | 'openProposals'
  | 'openProposalCount'
  | 'overdueProposals'
  | 'armedProposals'
  | 'dueReminders'
  | 'unansweredProposals'
  | 'unmeasuredProposals'
  | 'proposalByStory'

const byId = statement(proposals, { where: eq(proposals.id, sql.placeholder('id')) })

export const proposalQueries = (db: Queries, on: Sql): Pick<ReadModel, ProposalQuery> => ({
  proposal: (id) => first(byId(on, { id }), toProposal),
  async proposals({ status }, page) {
    const query = pageQuery(proposals.offeredAt, proposals.id, page, status && eq(proposals.status, status))
    const rows = await db
      .select()
      .from(proposals)
      .where(query.where)
      .orderBy(...query.order)
      .limit(query.limit)
    return toPage(rows, query, toProposal, (row) => [row.offeredAt, row.id])
  },
  async openProposals(symbol) {
    const wanted = symbol === undefined ? open : and(open, eq(proposals.symbol, symbol))
    const rows = await soonestFirst(db, wanted)
    return rows.map(toProposal)
  },
  async openProposalCount() {
    // `$count` reads the column by a name that the driver does not give: it answers NaN.
    const [row] = await db
      .select({ count: sql`count(*)`.mapWith(Number) })
      .from(proposals)
      .where(open)
    return row?.count ?? 0
  },
  async overdueProposals(at, limit) {
    const rows = await soonestFirst(db, and(open, lte(proposals.expiresAt, at))).limit(limit)
    return rows.map(toProposal)
  },
  async armedProposals(limit, after) {
    const { expiresAt, id } = proposals
    const further = after && sql`(${expiresAt}, ${id}) > (${after.expiresAt}::timestamptz, ${after.id})`
    const rows = await soonestFirst(db, and(armed, further)).limit(limit)
    return rows.map(toProposal)
  },
  async dueReminders(at, limit) {
    const { remindAt, id } = proposals
    const rows = await db.select().from(proposals).where(lte(remindAt, at)).orderBy(asc(remindAt), asc(id)).limit(limit)
    return rows.map(toProposal)
  },
  async unansweredProposals(cutoffs, limit) {
    const waiting = cutoffs.map((cutoff, taken) => and(eq(proposals.escalations, taken), lte(proposals.offeredAt, cutoff)))
    const rows = await soonestFirst(db, and(open, pending, isNull(proposals.remindAt), or(...waiting))).limit(limit)
    return rows.map(toProposal)
  },
  async unmeasuredProposals(at, limit) {
    const { measureAt, id } = proposals
    const rows = await db.select().from(proposals).where(lte(measureAt, at)).orderBy(asc(measureAt), asc(id)).limit(limit)
    return rows.map(toProposal)
  },
  async proposalByStory(storyKey, since) {
    const told = and(eq(proposals.storyKey, storyKey), gte(proposals.offeredAt, since))
    const [row] = await db.select().from(proposals).where(told).orderBy(desc(proposals.offeredAt)).limit(1)
    return row ? toProposal(row) : null
  },
})
