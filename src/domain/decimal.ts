import Big from 'big.js'

/**
 * The one decimal type. Its own constructor, so that no other user of big.js can change its settings,
 * and strict, so that a JavaScript number can never slip into money: `usd('1.10')` works, `usd(1.1)` throws.
 * Comparing with `<` or `>` throws too; use `lt`, `gt`, `cmp`.
 */
const Decimal = Big()
Decimal.strict = true
Decimal.DP = 20
Decimal.RM = Big.roundHalfEven
Decimal.NE = -30
Decimal.PE = 40

export type Decimal = Big
/** Dollars per share. */
export type Price = Decimal & { readonly unit?: 'price' }
/** Shares; never negative (the side says which way). */
export type Quantity = Decimal & { readonly unit?: 'quantity' }
/** US dollars; may be negative (a loss). */
export type Usd = Decimal & { readonly unit?: 'usd' }
/** A decimal as it is stored and sent: plain notation, never an exponent. */
export type DecimalString = string

export const zero: Decimal = new Decimal('0')
export const one: Decimal = new Decimal('1')

const plain = /^-?\d{1,20}(\.\d{1,20})?$/

/** Parses a plain decimal. @throws RangeError naming the value when it is not one (NaN, exponent, blank, too long). */
export function decimal(value: DecimalString | Decimal): Decimal {
  if (typeof value !== 'string') return value
  if (!plain.test(value)) throw new RangeError(`not a decimal: ${JSON.stringify(value).slice(0, 40)}`)
  return new Decimal(value)
}
export const price = (value: DecimalString | Decimal): Price => decimal(value) as Price
export const quantity = (value: DecimalString | Decimal): Quantity => decimal(value) as Quantity
export const usd = (value: DecimalString | Decimal): Usd => decimal(value) as Usd

/**
 * Brings a computed, non-monetary figure (an indicator, a simulated tick) into the decimal world.
 * @param places decimal places kept, half up.
 * @throws RangeError when the figure is not finite.
 */
export function fromNumber(value: number, places: number): Decimal {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`)
  return new Decimal(value.toFixed(places))
}

/** The nearest float, for charts, scores and ratios only; money never comes back from it. */
export const approximate = (value: Decimal): number => Number(value.toFixed())

export const text = (value: Decimal): DecimalString => value.toFixed()
export const notional = (p: Price, q: Quantity): Usd => p.times(q) as Usd
export const minimum = (a: Decimal, ...rest: Decimal[]): Decimal => rest.reduce((m, x) => (x.lt(m) ? x : m), a)
export const maximum = (a: Decimal, ...rest: Decimal[]): Decimal => rest.reduce((m, x) => (x.gt(m) ? x : m), a)

/** Division, the only operation that rounds: 20 places, half to even. @throws RangeError on division by zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (b.eq(zero)) throw new RangeError('division by zero')
  return a.div(b)
}
/** `percent` % of `value`. */
export const percentOf = (value: Decimal, percent: Decimal | DecimalString): Decimal =>
  value.times(decimal(percent)).times(new Decimal('0.01'))

export const roundDown = (value: Decimal, places: number): Decimal => value.round(places, Big.roundDown)
export const roundUp = (value: Decimal, places: number): Decimal => value.round(places, Big.roundUp)
export const roundHalfUp = (value: Decimal, places: number): Decimal => value.round(places, Big.roundHalfUp)

/** Price increments of US equities (Regulation NMS rule 612): a cent from $1, a hundredth of a cent below. */
export const tickPlaces = (p: Price): number => (p.gte(one) ? 2 : 4)

/** With its sign: what rose says so. */
export const withSign = (figure: string): string => (/^[-+]|^0+(\.0+)?$/.test(figure) ? figure : `+${figure}`)
