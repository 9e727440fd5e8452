import { approximate, type Price, type Quantity, zero } from '../decimal.ts'
import { type MatchBar, matchPrice, matchQuantity, type Terms } from './fill-rules.ts'

/** A working order as the exchange sees it. All orders of one call are for one symbol. */
export interface WorkingOrder extends Terms {
  readonly id: string
  /** What is left to fill. */
  readonly left: Quantity
  /** Epoch milliseconds; it meets only bars that start at or after. */
  readonly liveFrom: number
  /** When a requested cancel takes effect: a bar that starts before but ends after it is met at its open only. */
  readonly liveUntil: number | null
  /** The entry that must be filled before this leg begins to work. */
  readonly heldBy: string | null
  /** Orders of one group cancel each other. */
  readonly group: string | null
  /** The most that may fill in one bar; null for no bound of its own. */
  readonly sliceLimit: Quantity | null
}

/** What happened, in order. */
export type MatchStep =
  | { readonly type: 'filled'; readonly id: string; readonly quantity: Quantity; readonly price: Price; readonly complete: boolean }
  | { readonly type: 'activated'; readonly id: string }
  /** A stop fired and is not complete: what is left of it is a market order from now on. */
  | { readonly type: 'triggered'; readonly id: string }
  | { readonly type: 'canceled'; readonly id: string }
  /** One leg was filled in part: the other covers only what is left. */
  | { readonly type: 'shrunk'; readonly id: string; readonly left: Quantity }

interface Live {
  order: WorkingOrder
  left: Quantity
  done: boolean
}

const stopsFirst = (a: Live, b: Live): number => Number(b.order.type === 'stop') - Number(a.order.type === 'stop')

/** Lets orders of one symbol meet one bar. Pure; see `fill-rules.ts` for the rules. @param end when the bar is complete. */
export function matchBar(orders: readonly WorkingOrder[], bar: MatchBar, end: number): readonly MatchStep[] {
  const steps: MatchStep[] = []
  const all: Live[] = orders.map((order) => ({ order, left: order.left, done: false }))
  const fired = new Set<string>()
  let available = bar.available

  const attempt = (live: Live): void => {
    const { order } = live
    if (live.done || order.liveFrom > bar.at || (order.group !== null && fired.has(order.group))) return
    if (order.liveUntil !== null && order.liveUntil <= bar.at) return
    const met = order.liveUntil !== null && order.liveUntil < end ? openOnly(bar) : bar
    const at = matchPrice(order, met)
    if (at === null) return
    const bound = order.sliceLimit === null ? available : Math.min(available, approximate(order.sliceLimit))
    const size = matchQuantity(live.left, bound)
    if (order.group !== null && order.type === 'stop') fired.add(order.group)
    if (order.type === 'stop' && !order.triggered && size.lt(live.left)) steps.push({ type: 'triggered', id: order.id })
    if (size.lte(zero)) return
    available -= Math.ceil(approximate(size))
    live.left = live.left.minus(size) as Quantity
    live.done = live.left.eq(zero)
    steps.push({ type: 'filled', id: order.id, quantity: size, price: at, complete: live.done })
    shareWithGroup(live, size, all, steps)
  }

  const working = all.filter((live) => live.order.heldBy === null).sort(stopsFirst)
  for (const live of working) attempt(live)
  for (const leg of releaseLegs(all, steps)) if (leg.order.type === 'stop') attempt(leg)
  return steps
}

const openOnly = (bar: MatchBar): MatchBar => ({ ...bar, high: bar.open, low: bar.open, close: bar.open })

function shareWithGroup(filled: Live, size: Quantity, all: readonly Live[], steps: MatchStep[]): void {
  const { group, id } = filled.order
  if (group === null) return
  for (const other of all) {
    if (other.done || other.order.group !== group || other.order.id === id) continue
    other.left = other.left.minus(size) as Quantity
    other.done = filled.done || other.left.lte(zero)
    steps.push(other.done ? { type: 'canceled', id: other.order.id } : { type: 'shrunk', id: other.order.id, left: other.left })
  }
}

/** Legs whose entry was completed in this bar begin to work. */
function releaseLegs(all: readonly Live[], steps: MatchStep[]): readonly Live[] {
  const complete = new Set(
    all.filter((live) => live.done && steps.some((s) => s.type === 'filled' && s.id === live.order.id)).map((l) => l.order.id),
  )
  const released: Live[] = []
  for (const leg of all) {
    if (leg.order.heldBy === null || !complete.has(leg.order.heldBy)) continue
    leg.order = { ...leg.order, heldBy: null, liveFrom: Number.NEGATIVE_INFINITY }
    steps.push({ type: 'activated', id: leg.order.id })
    released.push(leg)
  }
  return released
}
