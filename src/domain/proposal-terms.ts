import { type DecimalString, type Price, price, type Quantity, quantity, text, type Usd, usd } from './decimal.ts'

/** Exactly what a person approves. Any change makes a new version. */
export interface ProposalTerms {
  readonly version: number
  readonly quantity: Quantity
  /** The price the card was made at. */
  readonly limitPrice: Price
  /** "Up to": the approval binds to this ceiling (for a sell: the floor). */
  readonly ceilingPrice: Price
  readonly stopLoss: Price
  readonly takeProfit: Price
  /** |entry - stop| x quantity. */
  readonly riskAmount: Usd
  /** What bound the size, in words: "5 % of equity". */
  readonly sizedBy: string
  /** Last trade when it was priced, and when. */
  readonly pricedAt: string
}
type Stored<T> = { readonly [K in keyof T]: T[K] extends number | string | null ? T[K] : DecimalString }
export type StoredTerms = Stored<ProposalTerms>

/** What was known when the trade was proposed; the position keeps it as its entry context. */
export interface EntryContext {
  readonly strategy: string
  readonly signalConfidence: number
  readonly catalystScore: number
  readonly rvol: number | null
  readonly atr: number | null
}

export const parseTerms = (t: StoredTerms): ProposalTerms => ({
  ...t,
  quantity: quantity(t.quantity),
  limitPrice: price(t.limitPrice),
  ceilingPrice: price(t.ceilingPrice),
  stopLoss: price(t.stopLoss),
  takeProfit: price(t.takeProfit),
  riskAmount: usd(t.riskAmount),
})
export const storeTerms = (t: ProposalTerms): StoredTerms => ({
  ...t,
  quantity: text(t.quantity),
  limitPrice: text(t.limitPrice),
  ceilingPrice: text(t.ceilingPrice),
  stopLoss: text(t.stopLoss),
  takeProfit: text(t.takeProfit),
  riskAmount: text(t.riskAmount),
})

/** The same terms for fewer shares: risk shrinks with them. */
export const resize = (terms: ProposalTerms, size: Quantity): ProposalTerms => ({
  ...terms,
  quantity: size,
  riskAmount: terms.limitPrice.minus(terms.stopLoss).abs().times(size) as Usd,
})
