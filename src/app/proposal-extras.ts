import { notional, type Price, type Usd, usd } from '../domain/decimal.ts'
import { remaining } from '../domain/order.ts'
import { isOpen, type Proposal } from '../domain/proposal.ts'
import type { ProposalExtras } from './cards/proposal.ts'
import { companyOf } from './company.ts'
import type { AppContext } from './context.ts'
import { nextEscalation } from './escalation.ts'
import { orNull } from './portfolio-inputs.ts'
import { shownAccount } from './shown-account.ts'

/** A card is drawn several times in its life, and says what share of equity it is about. */
const equityKeptMs = 10_000

/**
 * What a card says besides its proposal: share of equity, how far the price has moved, the spread, the exposure it leads to.
 * A card goes out whatever cannot be had; it then says less. One that is decided keeps to what was decided.
 */
export async function proposalExtras(context: AppContext, proposal: Proposal): Promise<ProposalExtras> {
  const { log } = context
  const { symbol } = proposal
  const [account, company, order] = await Promise.all([
    orNull(log, 'account', symbol, shownAccount(context, { maxAgeMs: equityKeptMs })),
    orNull(log, 'company', symbol, companyOf(context.read, symbol)),
    proposal.orderId === null ? null : orNull(log, 'order', symbol, context.read.order(proposal.orderId)),
  ])
  const always = { equity: account?.account.equity, company, order, nameOf: context.names.of }
  if (!isOpen(proposal)) return always
  const quote = await orNull(log, 'quote', symbol, context.market.quote(symbol))
  const exposureAfter = (await orNull(log, 'exposure', symbol, grossAfter(context, proposal))) ?? undefined
  return {
    ...always,
    ...asked(context, proposal),
    exposureAfter,
    last: quote?.last,
    spread: quote ? (quote.ask.minus(quote.bid) as Price) : undefined,
  }
}

/** Of how many people, and whom next. */
function asked({ settings, names }: AppContext, proposal: Proposal): Pick<ProposalExtras, 'asksNext' | 'twoPeople'> {
  const { approvals } = settings()
  const next = nextEscalation(approvals, proposal)
  const who = next?.step === 'backup' ? approvals.backup.map(names.of).join(', ') : 'everybody'
  const above = approvals.two_person_above_usd
  const { limitPrice, quantity } = proposal.terms
  return {
    asksNext: next && { who, at: next.at },
    twoPeople: proposal.intent === 'entry' && above !== null && notional(limitPrice, quantity).gt(usd(above)),
  }
}

/** Gross: open positions at their last marks, entries on their way, and this one at its price. */
async function grossAfter({ read }: AppContext, { intent, terms }: Proposal): Promise<Usd | null> {
  // Getting out leads to no exposure that anybody has to weigh.
  if (intent === 'reduce') return null
  const [positions, entries] = await Promise.all([read.openPositions(), read.workingEntries()])
  const held = positions.map((p) => notional(p.markPrice ?? p.entryPrice, p.quantity))
  const onTheWay = entries.map((order) => notional(order.limitPrice ?? order.expectedPrice ?? terms.limitPrice, remaining(order)))
  return [...held, ...onTheWay, notional(terms.limitPrice, terms.quantity)].reduce((sum, value) => sum.plus(value) as Usd, usd('0'))
}
