import type { BrokerOrder } from '../../../ports/broker.ts'
import type { Priority } from '../../alpaca/rate-budget.ts'
import type { TradingApi } from './api.ts'
import { type Family, isComplex } from './family.ts'
import { flattened, hasEnded, withLegs } from './mapper.ts'
import type { WireOrder } from './schema.ts'

interface Found {
  readonly order: BrokerOrder
  readonly legs: readonly BrokerOrder[]
}

/** Orders as Alpaca's lists have them, each with its family. */
export interface Lookups {
  byClientId(clientOrderId: string, priority: Priority): Promise<Found | null>
  open(): Promise<readonly BrokerOrder[]>
  since(at: string): Promise<readonly BrokerOrder[]>
  /** The legs of an order as they are now. */
  legsOf(brokerOrderId: string): Promise<readonly BrokerOrder[]>
  /** Makes sure that it is known whose leg an order is, when it is one. */
  place(order: WireOrder): Promise<void>
}

/** Whether a list leaves open what this order is to others: it belongs to a family, and comes without it. */
const isStray = (order: WireOrder, family: Family): boolean =>
  isComplex(order) && (order.legs ?? []).length === 0 && !family.isParent(order.id) && family.kinshipOf(order) === null

/** A stop that trails by hand is replaced again and again. */
const mostReplaced = 30
const mostRemembered = 1_000

export function createLookups(api: TradingApi, family: Family): Lookups {
  /** Finds the families of strays: among the newest orders of their symbols, then, one by one, among those of their time. */
  async function placeAll(orders: readonly WireOrder[]): Promise<readonly WireOrder[]> {
    const strays = orders.filter((order) => isStray(order, family))
    if (strays.length === 0) return []
    const symbols = [...new Set(strays.flatMap(({ symbol }) => symbol ?? []))]
    const found: WireOrder[] = [...(await api.recentOrders(symbols))]
    for (const order of found) family.learn(order)
    for (const stray of strays) if (isStray(stray, family)) found.push(...(await familyOf(stray, mostReplaced)))
    return found
  }

  /** A family comes into being at once; a leg that took another's place is of the family of that one. */
  async function familyOf(stray: WireOrder, left: number): Promise<readonly WireOrder[]> {
    const around = await api.ordersAround(stray)
    for (const order of around) family.learn(order)
    if (!isStray(stray, family) || stray.replaces === null || left === 0) return around
    const old = await api.order(stray.replaces)
    return old === null ? around : [...around, ...(await familyOf(old, left - 1))]
  }

  /** A leg that works while its parent has ended: the parent, and with it the other leg, is not among the open orders. */
  async function absentParents(open: readonly WireOrder[], known: readonly WireOrder[]): Promise<readonly WireOrder[]> {
    const there = new Map([...known, ...open].map((order) => [order.id, order]))
    const listed = new Set(open.map(({ id }) => id))
    const ids = new Set(open.flatMap((order) => family.kinshipOf(order)?.parentId ?? []))
    const parents: WireOrder[] = []
    for (const id of ids) {
      if (listed.has(id)) continue
      const parent = there.get(id) ?? (await api.order(id))
      if (parent) parents.push(parent)
    }
    return parents
  }

  /** Orders whose place others took: nested lists have only the leg that stands there now. What ended so stays so. */
  const gone = new Map<string, WireOrder>()
  async function replacedBy(listed: readonly WireOrder[]): Promise<readonly WireOrder[]> {
    const all = listed.flatMap((order) => [order, ...(order.legs ?? [])])
    const there = new Set(all.map(({ id }) => id))
    const found: WireOrder[] = []
    for (const { replaces } of all)
      for (let id = replaces, left = mostReplaced; id !== null && !there.has(id) && left > 0; left -= 1) {
        const old = gone.get(id) ?? (await api.order(id))
        if (old === null) break
        there.add(id)
        found.push(old)
        if (old.status === 'replaced' && gone.size < mostRemembered) gone.set(id, old)
        id = old.replaces
      }
    return found
  }

  return {
    async byClientId(clientOrderId, priority) {
      const wire = await api.orderByClientId(clientOrderId, priority)
      if (wire === null) return null
      // The look-up by client id is not nested.
      const whole = isComplex(wire) && (wire.legs ?? []).length === 0 ? ((await api.order(wire.id, priority)) ?? wire) : wire
      if (isStray(whole, family)) await placeAll([whole])
      const { order, legs } = withLegs(whole, family)
      return order && { order, legs }
    },
    async open() {
      // Nested, held legs come with their parent, where Alpaca lists it; flat, at least one leg of every pair comes by itself.
      const [nested, flat] = await Promise.all([api.openOrders(true), api.openOrders(false)])
      for (const order of nested) family.learn(order)
      const inside = new Set(nested.flatMap((order) => [order.id, ...(order.legs ?? []).map(({ id }) => id)]))
      const open = [...nested, ...flat.filter(({ id }) => !inside.has(id))]
      const found = await placeAll(open)
      const parents = await absentParents(open, found)
      const all = new Map(flattened([...open, ...parents], family).map((order) => [order.brokerOrderId, order]))
      return [...all.values()].filter((order) => !hasEnded(order))
    },
    async since(at) {
      const orders = await api.ordersSince(Date.parse(at))
      for (const order of orders) family.learn(order)
      await placeAll(orders)
      const all = new Map(flattened([...orders, ...(await replacedBy(orders))], family).map((order) => [order.brokerOrderId, order]))
      return [...all.values()]
    },
    async legsOf(brokerOrderId) {
      const parent = await api.order(brokerOrderId)
      return parent === null ? [] : withLegs(parent, family).legs
    },
    async place(order) {
      family.learn(order)
      await placeAll([order])
    },
  }
}
