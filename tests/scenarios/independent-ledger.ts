import { readFileSync } from 'node:fs'

/**
 * A second reckoning of replayed trades, written from the fill rules and the fee schedule alone, on whole numbers:
 * prices and money are millionths of a dollar, times are epoch milliseconds. It shares no code with the project.
 */
export type Micro = bigint

const minute = 60_000
const cent: Micro = 10_000n
const dollar: Micro = 1_000_000n
/** Extra digits while the average cost of a part is divided. */
const fine = 10n ** 14n

export interface RawBar {
  readonly at: number
  readonly open: Micro
  readonly high: Micro
  readonly low: Micro
  readonly volume: bigint
}

/** What a person approved: the only thing taken from the bot. */
export interface ApprovedTrade {
  readonly symbol: string
  readonly approvedAt: number
  readonly quantity: bigint
  readonly limit: Micro
  readonly stop: Micro
  readonly target: Micro
  /** When somebody asked to close it; infinity: nobody did. */
  readonly closeAskedAt: number
}

/** The order pays up to a thousandth more than the market asks, in whole cents, and never more than the card allows. */
export function entryLimit(ceiling: Micro, ask: Micro): Micro {
  const offset = 1000n * cent
  const limit = ((ask * 1001n + offset - 1n) / offset) * cent
  return limit < ceiling ? limit : ceiling
}

export interface LedgerFill {
  readonly symbol: string
  readonly at: number
  readonly side: 'buy' | 'sell'
  readonly quantity: bigint
  readonly price: Micro
  readonly fees: Micro
}
export interface LedgerTrade {
  readonly fills: readonly LedgerFill[]
  readonly exit: 'stop_loss' | 'take_profit' | 'asked' | 'open' | 'never filled'
  readonly closedAt: number | null
  readonly bought: Micro
  readonly sold: Micro
  readonly fees: Micro
  readonly left: bigint
  /** New York dates are UTC dates while the exchange is open. */
  readonly days: ReadonlyMap<string, { readonly realized: Micro; readonly fees: Micro }>
}
export interface LedgerRules {
  /** Minutes that an entry may take. */
  readonly entryMinutes: number
  readonly split?: { readonly symbol: string; readonly at: number; readonly ratio: bigint }
}

export function micro(text: string): Micro {
  const [whole = '0', places = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole) * dollar + BigInt(places.slice(0, 6).padEnd(6, '0'))
  return text.startsWith('-') ? -value : value
}
/** Dollars and cents; half a cent goes to the even one. */
export function dollars(amount: Micro): string {
  const size = amount < 0n ? -amount : amount
  const cents = roundHalfEven(size, cent)
  const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
  return amount < 0n && cents > 0n ? `-${text}` : text
}

export function readRawBars(path: string): readonly RawBar[] {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [time = '', open = '', high = '', low = '', , volume = ''] = line.trim().split(',')
    return { at: Date.parse(time), open: micro(open), high: micro(high), low: micro(low), volume: BigInt(volume.split('.')[0] ?? '') }
  })
}

function roundHalfEven(value: bigint, unit: bigint): bigint {
  const [whole, rest] = [value / unit, value % unit]
  if (rest * 2n === unit) return whole + (whole % 2n)
  return rest * 2n > unit ? whole + 1n : whole
}
const up = (value: bigint, unit: bigint): bigint => ((value + unit - 1n) / unit) * unit
const down = (value: bigint, unit: bigint): bigint => (value / unit) * unit
const tick = (price: Micro): Micro => (price >= dollar ? cent : 100n)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** Two hundredths of a per cent of the open, to a millionth; half a cent at least. */
function halfSpread(bar: RawBar): Micro {
  const spread = roundHalfEven(bar.open, 5_000n)
  return spread > cent / 2n ? spread : cent / 2n
}
const marketBuy = (bar: RawBar): Micro => up(bar.open + halfSpread(bar), tick(bar.open))
const marketSell = (bar: RawBar): Micro => down(bar.open - halfSpread(bar), tick(bar.open))

const entryPrice = (bar: RawBar, limit: Micro): Micro | null => {
  if (marketBuy(bar) <= limit) return marketBuy(bar)
  return bar.low + halfSpread(bar) <= limit ? limit : null
}
const stopPrice = (bar: RawBar, stop: Micro): Micro | null => {
  if (bar.open - halfSpread(bar) <= stop) return marketSell(bar)
  return bar.low - halfSpread(bar) <= stop ? stop : null
}
const targetPrice = (bar: RawBar, target: Micro): Micro | null => {
  if (marketSell(bar) >= target) return marketSell(bar)
  return bar.high - halfSpread(bar) >= target ? target : null
}

/** $20.60 per million sold, and $0.000195 a share up to $9.79; each rounded up to the cent. Buying is free. */
function saleFees(price: Micro, quantity: bigint): Micro {
  const sec = up(price * quantity * 2_060n, 100_000_000n * cent) / 100_000_000n
  return sec + least(up(quantity * 195n, cent), 9_790_000n)
}

const inSession = (at: number): boolean => {
  // Every week of the data lies in summer time: 9:30 to 16:00 are 13:30 to 20:00 UTC.
  const ofDay = at % 86_400_000
  return ofDay >= 13.5 * 3_600_000 && ofDay < 20 * 3_600_000
}

/** One trade from its approval to its end, minute by minute. */
class Trade {
  readonly fills: LedgerFill[] = []
  readonly days = new Map<string, { realized: bigint; fees: Micro }>()
  readonly terms: ApprovedTrade
  readonly rules: LedgerRules
  exit: LedgerTrade['exit'] = 'never filled'
  wanted: bigint
  held = 0n
  cost = 0n
  stop: Micro
  target: Micro
  fired = false
  /** From when stop and target work; infinity: not yet. */
  guardedFrom = Number.POSITIVE_INFINITY
  available = 0n
  splitDone = false

  constructor(terms: ApprovedTrade, rules: LedgerRules) {
    this.terms = terms
    this.rules = rules
    this.wanted = terms.quantity
    this.stop = terms.stop
    this.target = terms.target
  }

  get entryEndsAt(): number {
    return this.terms.approvedAt + this.rules.entryMinutes * minute
  }
  get over(): boolean {
    return this.fills.length > 0 && this.held === 0n
  }

  pass(at: number, bar: RawBar | undefined): void {
    this.split(at)
    this.available = bar && inSession(at) ? bar.volume / 10n : 0n
    if (bar && this.available > 0n) this.meet(at, bar)
    else if (bar && inSession(at)) this.fireOnly(at, bar)
    // What is left of a late entry is canceled within the next minute; then what was bought gets its own stop and target.
    const unfinished = this.wanted > 0n && this.held > 0n
    if (unfinished && at === this.entryEndsAt) this.guardedFrom = at + minute
  }

  meet(at: number, bar: RawBar): void {
    if (at >= this.guardedFrom && at < this.terms.closeAskedAt) this.meetGuards(at, bar)
    // The guards let go within the minute after the request, and then the closing order goes to market.
    if (at >= this.terms.closeAskedAt + minute && this.held > 0n) this.sell(at, marketSell(bar), 'asked')
    if (at < this.entryEndsAt && this.wanted > 0n) this.meetEntry(at, bar)
  }
  /** No share to be had: a stop that is reached has fired all the same. */
  fireOnly(at: number, bar: RawBar): void {
    if (at >= this.guardedFrom && at < this.terms.closeAskedAt && stopPrice(bar, this.stop) !== null) this.fired = true
  }
  meetEntry(at: number, bar: RawBar): void {
    const price = entryPrice(bar, this.terms.limit)
    if (price === null) return
    const size = least(this.wanted, this.available)
    this.wanted -= size
    this.available -= size
    this.held += size
    this.cost += price * size * fine
    this.note(at, 'buy', size, price, 0n, 0n)
    if (this.wanted > 0n) return
    this.guardedFrom = at + minute
    // In the minute that completed the entry its stop may fire, its target may not.
    this.meetStop(at, bar)
  }
  meetGuards(at: number, bar: RawBar): void {
    if (this.meetStop(at, bar)) return
    const price = targetPrice(bar, this.target)
    if (price !== null) this.sell(at, price, 'take_profit')
  }
  meetStop(at: number, bar: RawBar): boolean {
    const price = this.fired ? marketSell(bar) : stopPrice(bar, this.stop)
    if (price === null) return false
    this.fired = true
    this.sell(at, price, 'stop_loss')
    return true
  }
  sell(at: number, price: Micro, exit: LedgerTrade['exit']): void {
    const size = least(this.held, this.available)
    if (size === 0n) return
    this.available -= size
    const leaving = size === this.held ? this.cost : (this.cost * size) / this.held
    this.cost -= leaving
    this.held -= size
    if (this.held === 0n) this.exit = exit
    this.note(at, 'sell', size, price, saleFees(price, size), price * size * fine - leaving)
  }
  note(at: number, side: LedgerFill['side'], quantity: bigint, price: Micro, fees: Micro, realized: bigint): void {
    const end = at + minute
    this.fills.push({ symbol: this.terms.symbol, at: end, side, quantity, price, fees })
    const date = new Date(end).toISOString().slice(0, 10)
    const day = this.days.get(date) ?? { realized: 0n, fees: 0n }
    this.days.set(date, { realized: day.realized + realized, fees: day.fees + fees })
  }
  /** More shares at lower prices; a stop is rounded down and a target up, to the cent. */
  split(at: number): void {
    const { split } = this.rules
    if (this.splitDone || !split || split.symbol !== this.terms.symbol || at < split.at) return
    this.splitDone = true
    this.held *= split.ratio
    this.stop = down(this.stop / split.ratio, cent)
    this.target = up((this.target + split.ratio - 1n) / split.ratio, cent)
  }
}

/** Plays a trade over the raw bars of its symbol, up to a moment. */
export function playTrade(bars: readonly RawBar[], terms: ApprovedTrade, rules: LedgerRules, until: number): LedgerTrade {
  const byTime = new Map(bars.map((bar) => [bar.at, bar]))
  const trade = new Trade(terms, rules)
  for (let at = terms.approvedAt; at < until && !trade.over; at += minute) trade.pass(at, byTime.get(at))
  const total = (side: LedgerFill['side']): Micro =>
    trade.fills.filter((fill) => fill.side === side).reduce((sum, fill) => sum + fill.price * fill.quantity, 0n)
  const days = [...trade.days].map(([date, { realized, fees }]) => [date, { realized: realized / fine, fees }] as const)
  return {
    fills: trade.fills,
    exit: trade.held > 0n ? 'open' : trade.exit,
    closedAt: trade.over ? (trade.fills.at(-1)?.at ?? null) : null,
    bought: total('buy'),
    sold: total('sell'),
    fees: trade.fills.reduce((sum, fill) => sum + fill.fees, 0n),
    left: trade.held,
    days: new Map(days),
  }
}
