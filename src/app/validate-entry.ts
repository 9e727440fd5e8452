import type { EntryRequest } from '../domain/risk/check.ts'
import { denialsOf, judgeEntry } from '../domain/risk/verdict.ts'
import type { RiskOpinion } from './app.ts'
import type { AppContext } from './context.ts'
import { lookAtMarket, readBooks, riskContext } from './risk-context.ts'
import { usedLimits } from './risk-usage.ts'
import { shareUsed } from './views.ts'

/** What all three tiers would say to an entry; stores nothing. */
export async function validateEntry(context: AppContext, request: EntryRequest): Promise<RiskOpinion> {
  const [look, books] = await Promise.all([
    lookAtMarket(context, request.symbol, { range: true }),
    readBooks(context, request.symbol, context.read),
  ])
  const view = riskContext(context, request, look, books)
  const verdict = judgeEntry(view, context.checks())
  const denials = denialsOf(verdict)
  const riskAmount = request.stopLoss && request.price.minus(request.stopLoss).abs().times(request.quantity)
  const used = usedLimits(view, context.checks(), context.log).filter(({ passing }) => passing !== true)
  const shares = [...denials.map(shareUsed), ...used.map(({ share }) => share)]
  return { approved: verdict.approved, riskAmount, denials, warnings: verdict.warnings, riskScore: Math.min(1, Math.max(0, ...shares)) }
}
