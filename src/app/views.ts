import { approximate, divide, minimum, type Price, text, usd, zero } from '../domain/decimal.ts'
import type { Denial } from '../domain/denial.ts'
import type { Order } from '../domain/order.ts'
import { type Position, unrealizedPnl } from '../domain/position.ts'
import type { Proposal } from '../domain/proposal.ts'

/** The shapes that leave over HTTP: snake_case names, money as strings, times ISO 8601 UTC. */

export const denialView = (d: Denial) => ({
  code: d.code,
  limit: d.limit,
  actual: d.actual,
  would_pass: d.wouldPass,
  explain: d.explain,
})

export const proposalView = (p: Proposal, company: string | null = null) => ({
  id: p.id,
  version: p.terms.version,
  symbol: p.symbol,
  company,
  side: p.side,
  intent: p.intent,
  quantity: text(p.terms.quantity),
  limit_price: text(p.terms.limitPrice),
  ceiling_price: text(p.terms.ceilingPrice),
  stop_loss: text(p.terms.stopLoss),
  take_profit: text(p.terms.takeProfit),
  risk_amount: p.terms.riskAmount.toFixed(2),
  notional: p.terms.limitPrice.times(p.terms.quantity).toFixed(2),
  sized_by: p.terms.sizedBy,
  status: p.status,
  offered_at: p.offeredAt,
  expires_at: p.expiresAt,
  decided_by: p.decidedBy,
  decided_at: p.decidedAt,
  reason: p.reason,
  headline: p.headline,
  source: p.source,
  also_on: p.alsoOn,
  category: p.category,
  url: p.url,
  published_at: p.publishedAt,
  confidence: p.context.signalConfidence,
  catalyst_score: p.context.catalystScore,
  factors: p.factors,
  alert_id: p.alertId,
  order_id: p.orderId,
  revised_by: p.revisedBy,
  /** The first of two people, where two are needed; null otherwise. */
  first_approval: p.firstApproval,
  snoozed_by: p.remindAt === null ? [] : p.snoozedBy,
  denials: p.denials.map(denialView),
  warnings: p.warnings,
})
export type ProposalView = ReturnType<typeof proposalView>

/** A price as people read it: computed averages are cut to a hundredth of a cent. */
const shown = (p: Price | null): string | null => (p === null ? null : p.round(4).toFixed())

export const positionView = (p: Position, current: Price | null) => {
  const mark = current ?? p.markPrice
  const pnl = p.status === 'closed' ? usd('0') : mark === null ? null : unrealizedPnl(p, mark)
  return {
    id: p.id,
    symbol: p.symbol,
    side: p.side,
    quantity: text(p.quantity),
    entry_price: p.entryPrice.round(4).toFixed(),
    current_price: mark && text(mark),
    unrealized_pnl: pnl === null ? null : pnl.toFixed(2),
    realized_pnl: p.realizedPnl.toFixed(2),
    fees: p.fees.toFixed(2),
    stop_loss: shown(p.stopLoss),
    take_profit: shown(p.takeProfit),
    protected: !p.unprotected,
    opened_at: p.openedAt,
    closed_at: p.closedAt,
    exit_reason: p.exitReason,
    status: p.status,
    proposal_id: p.proposalId,
  }
}
export type PositionView = ReturnType<typeof positionView>

export const orderView = (o: Order) => ({
  id: o.id,
  client_order_id: o.clientOrderId,
  broker_order_id: o.brokerOrderId,
  symbol: o.symbol,
  side: o.side,
  type: o.type,
  role: o.role,
  quantity: text(o.quantity),
  filled_quantity: text(o.filledQuantity),
  filled_avg_price: shown(o.filledAveragePrice),
  limit_price: shown(o.limitPrice),
  stop_price: shown(o.stopPrice),
  status: o.status,
  reason: o.reason,
  submitted_at: o.submittedAt,
  proposal_id: o.proposalId,
  position_id: o.positionId,
})
export type OrderView = ReturnType<typeof orderView>

/** How much of a limit is used, 0..1 and beyond; 1 when the limit is zero. */
export const shareUsed = (d: Denial): number => {
  if (d.limit === null || d.actual === null) return 1
  const limit = usd(d.limit)
  return limit.eq(zero) ? 1 : approximate(minimum(divide(usd(d.actual), limit), usd('10')))
}
