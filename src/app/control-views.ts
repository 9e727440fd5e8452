import type { CloseReport, KillReport } from './app.ts'

/** The answers of the controls, as they leave over HTTP. */
export const closeView = ({ closing, left }: CloseReport) => ({
  closing: closing.map((c) => ({ position_id: c.positionId, symbol: c.symbol, order_id: c.orderId })),
  /** Closes are under way until their fills have come: `not_flat` of the state and /positions tell when they have. */
  flat: closing.length === 0 && left.every((l) => l.reason === 'already closed'),
  left: left.map((l) => ({ position_id: l.positionId, symbol: l.symbol, reason: l.reason })),
})

export const killView = (report: KillReport) => ({
  trading_state: report.trading.state,
  canceled_orders: report.canceledOrders,
  /** The broker takes so many requests a minute: these follow, and one message says when no entry is at work. */
  waiting_cancels: report.waitingCancels,
  voided_proposals: report.voidedProposals,
  open_positions: report.openPositions,
  elapsed_ms: Math.round(report.elapsedMs),
})
