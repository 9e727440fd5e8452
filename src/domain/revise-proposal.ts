import { maximum, minimum, type Price, type Quantity, quantity, roundDown, text, tickPlaces, type Usd, zero } from './decimal.ts'
import { type Decision, decided, type Refusal } from './decision.ts'
import { shortestLifeMs } from './half-life.ts'
import { type Proposal, type ProposalEvent, type ProposalTerms, storeTerms } from './proposal.ts'
import { checkPending } from './proposal-decisions.ts'
import { money } from './risk/check.ts'
import { priceText } from './risk/limits.ts'

/** What somebody wants instead. `limitPrice` is the most to pay (a short: the least to take): the ceiling of the new version. */
export interface Revision {
  /** The version that was on the card that was edited. */
  readonly version: number
  readonly quantity: Quantity
  readonly limitPrice: Price
  readonly stopLoss: Price
  readonly takeProfit: Price
  readonly by: string
  /** ISO 8601 UTC. */
  readonly at: string
}

/**
 * A person's own terms: a new version whose risk can only be smaller. Refusals name the field, the limit and the value, all
 * of them at once; the code is the first one's. Risk judges the new version like any other.
 */
export function reviseProposal(state: Proposal, revision: Revision): Decision<ProposalEvent> {
  const stale = checkPending(state, revision)
  if (stale) return { ok: false, refusal: stale }
  const problems = revisionProblems(state, revision)
  const [first] = problems
  if (first) return { ok: false, refusal: { code: first.code, explain: problems.map((p) => p.explain).join('; ') } }
  const terms = revisedTerms(state, revision)
  const { by, at } = revision
  // Whoever has just typed four numbers must have the time to tap.
  const expiresAt = new Date(Math.max(Date.parse(state.expiresAt), Date.parse(at) + shortestLifeMs)).toISOString()
  return decided({ type: 'ProposalRevised', terms: storeTerms(terms), by, at, expiresAt })
}

/** The next version. The card's price follows the most to pay down, never up. */
export function revisedTerms({ side, terms }: Pick<Proposal, 'side' | 'terms'>, revision: Revision): ProposalTerms {
  const nearer = side === 'buy' ? minimum : maximum
  const limitPrice = nearer(terms.limitPrice, revision.limitPrice) as Price
  return {
    version: terms.version + 1,
    quantity: revision.quantity,
    limitPrice,
    ceilingPrice: revision.limitPrice,
    stopLoss: revision.stopLoss,
    takeProfit: revision.takeProfit,
    riskAmount: riskOf(limitPrice, revision.stopLoss, revision.quantity),
    sizedBy: 'set by hand',
    pricedAt: revision.at,
  }
}

const riskOf = (entry: Price, stop: Price, size: Quantity): Usd => entry.minus(stop).abs().times(size) as Usd
const refusal = (code: string, explain: string): Refusal => ({ code, explain })

function revisionProblems(state: Proposal, revision: Revision): readonly Refusal[] {
  if (state.intent === 'reduce') return [refusal('NOT_EDITABLE', 'an exit has nothing but its size: approve fewer shares instead')]
  const offGrid = gridProblems(revision)
  if (offGrid.length > 0) return offGrid
  const found = [quantityProblem(state, revision), ...priceProblems(state, revision)].filter((p) => p !== null)
  if (found.length > 0) return found
  // Only of terms that make sense: whoever asks for more shares needs no second word about the stop.
  const risk = riskProblem(state, revision)
  if (risk) return [risk]
  if (changes(state, revision)) return []
  return [refusal('NOTHING_CHANGED', `nothing is different from version ${state.terms.version}`)]
}

function changes({ terms }: Proposal, { quantity: size, limitPrice, stopLoss, takeProfit }: Revision): boolean {
  const same = size.eq(terms.quantity) && limitPrice.eq(terms.ceilingPrice) && stopLoss.eq(terms.stopLoss)
  return !(same && takeProfit.eq(terms.takeProfit))
}

/** Zero or finer than the exchange's tick: nothing else can be said about such a price. */
function gridProblems({ limitPrice, stopLoss, takeProfit }: Revision): readonly Refusal[] {
  const named = [
    ['limit', limitPrice],
    ['stop', stopLoss],
    ['target', takeProfit],
  ] as const
  return named.flatMap(([field, value]) => {
    if (value.lte(zero)) return [refusal('NOT_A_PRICE', `${field}: must be above $0, not $${text(value)}`)]
    if (value.round(tickPlaces(value)).eq(value)) return []
    const tick = tickPlaces(value) === 2 ? '$0.01' : '$0.0001'
    return [refusal('SUB_PENNY', `${field}: must be in steps of ${tick}, not $${text(value)}`)]
  })
}

function quantityProblem({ terms }: Proposal, { quantity: size }: Revision): Refusal | null {
  const whole = size.eq(roundDown(size, 0))
  if (whole && size.gte(quantity('1')) && size.lte(terms.quantity)) return null
  return refusal('QUANTITY_OUT_OF_RANGE', `quantity: must be whole, 1 to ${text(terms.quantity)} shares, not ${text(size)}`)
}

function priceProblems(state: Proposal, revision: Revision): readonly (Refusal | null)[] {
  const { side, terms } = state
  const { limitPrice, stopLoss, takeProfit } = revision
  const buys = side === 'buy'
  // The stop is on its side of every price that the order may fill at; the card's is the nearest to it.
  const entry = revisedTerms(state, revision).limitPrice
  const beyond = buys ? limitPrice.gt(terms.ceilingPrice) : limitPrice.lt(terms.ceilingPrice)
  const stopWrong = buys ? stopLoss.gte(entry) : stopLoss.lte(entry)
  const targetWrong = buys ? takeProfit.lte(limitPrice) : takeProfit.gte(limitPrice)
  const [below, above] = buys ? ['below', 'above'] : ['above', 'below']
  return [
    beyond
      ? refusal(
          'LIMIT_OUT_OF_RANGE',
          `limit: must be at ${buys ? 'most' : 'least'} ${priceText(terms.ceilingPrice)}, not ${priceText(limitPrice)}`,
        )
      : null,
    stopWrong ? refusal('STOP_WRONG_SIDE', `stop: must be ${below} the entry ${priceText(entry)}, not ${priceText(stopLoss)}`) : null,
    targetWrong
      ? refusal('TARGET_WRONG_SIDE', `target: must be ${above} the limit ${priceText(limitPrice)}, not ${priceText(takeProfit)}`)
      : null,
  ]
}

/** At the card's price and at the worst one alike: neither may cost more at the stop than before. */
function riskProblem(state: Proposal, revision: Revision): Refusal | null {
  const { terms } = state
  const after = revisedTerms(state, revision)
  const atPrice = after.riskAmount.lte(riskOf(terms.limitPrice, terms.stopLoss, terms.quantity))
  const worst = riskOf(after.ceilingPrice, after.stopLoss, after.quantity)
  const worstBefore = riskOf(terms.ceilingPrice, terms.stopLoss, terms.quantity)
  if (atPrice && worst.lte(worstBefore)) return null
  const [was, is] = atPrice ? [worstBefore, worst] : [terms.riskAmount, after.riskAmount]
  return refusal('RISK_GROWS', `stop: must risk at most ${money(was)}; ${priceText(revision.stopLoss)} risks ${money(is)}`)
}
