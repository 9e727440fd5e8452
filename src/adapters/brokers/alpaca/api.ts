import { trading } from '@alpacahq/alpaca-trade-api'
import { z } from 'zod'
import type { SendPermit } from '../../../ports/leadership.ts'
import { AlpacaFailure } from '../../alpaca/failures.ts'
import type { Priority } from '../../alpaca/rate-budget.ts'
import { clientOptions, createRest, type RestOptions } from '../../alpaca/rest.ts'
import {
  accountShape,
  activitiesShape,
  canceledShape,
  orderShape,
  ordersShape,
  positionsShape,
  type WireActivity,
  type WireOrder,
} from './schema.ts'

const nothing = z.unknown()
const ordersAtOnce = 500
const activitiesAtOnce = 100
const aroundMs = 5_000

/** Who asks for what, as far as more than one priority is possible. */
export interface Hurry {
  readonly priority: Priority
  readonly withinMs?: number
  readonly permit?: SendPermit | undefined
}

export type TradingApi = ReturnType<typeof createTradingApi>

/** Alpaca's trading REST, endpoint by endpoint: what goes in is the library's, what comes out is checked. Every call may throw AlpacaFailure. */
export function createTradingApi(options: RestOptions, basePath: string) {
  const rest = createRest(options)
  const configuration = new trading.Configuration(clientOptions(options, basePath))
  const orders = new trading.OrdersApi(configuration)
  const accounts = new trading.AccountsApi(configuration)
  const holdings = new trading.PositionsApi(configuration)
  const history = new trading.AccountActivitiesApi(configuration)

  /** Null when there is none. */
  const orNull = async <T>(found: Promise<T>): Promise<T | null> => {
    try {
      return await found
    } catch (error) {
      if (error instanceof AlpacaFailure && error.status === 404) return null
      throw error
    }
  }
  const reconcile = 'reconcile' as const

  /** Whoever asks for the account while another's question still waits for its turn shares that answer: it is as fresh as one of their own. */
  const unsent = new Map<Priority, Promise<z.output<typeof accountShape>>>()
  function account(priority: Priority = 'read'): Promise<z.output<typeof accountShape>> {
    const waiting = unsent.get(priority)
    if (waiting) return waiting
    const send = () => {
      unsent.delete(priority)
      return accounts.getAccountRaw()
    }
    const asked = rest
      .read({ priority, shape: accountShape, send })
      .finally(() => unsent.get(priority) === asked && unsent.delete(priority))
    unsent.set(priority, asked)
    return asked
  }

  return {
    /** One request, never repeated. */
    place: (postOrderRequest: trading.PostOrderRequest, hurry: Hurry) =>
      rest.once({ ...hurry, shape: orderShape, send: () => orders.postOrderRaw({ postOrderRequest }) }),
    /** One request, never repeated. */
    change: (orderId: string, patchOrderRequest: trading.PatchOrderRequest, permit?: SendPermit) =>
      rest.once({
        priority: 'protect',
        permit,
        shape: orderShape,
        send: () => orders.patchOrderByOrderIdRaw({ orderId, patchOrderRequest }),
      }),
    /** A cancel twice is a cancel once, so it may be repeated. */
    cancel: (orderId: string) =>
      rest.read({ priority: 'protect', shape: nothing, send: () => orders.deleteOrderByOrderIDRaw({ orderId }) }),
    cancelAll: () => rest.read({ priority: 'protect', shape: canceledShape, send: () => orders.deleteAllOrdersRaw() }),

    order: (orderId: string, priority: Priority = reconcile) =>
      orNull(rest.read({ priority, shape: orderShape, send: () => orders.getOrderByOrderIDRaw({ orderId, nested: true }) })),
    orderByClientId: (clientOrderId: string, priority: Priority = reconcile) =>
      orNull(rest.read({ priority, shape: orderShape, send: () => orders.getOrderByClientOrderIdRaw({ clientOrderId }) })),
    openOrders: (nested: boolean) => everyOrder({ status: 'open', nested }),
    ordersSince: (atMs: number, symbols?: readonly string[]) =>
      everyOrder({ status: 'all', after: new Date(atMs - 1).toISOString(), ...(symbols && { symbols: symbols.join(',') }) }),
    /** The newest orders of some symbols, of any status. */
    recentOrders: (symbols: readonly string[]) => pageOfOrders({ status: 'all', symbols: symbols.join(','), direction: 'desc' }),

    /** The orders of its symbol that were placed when an order was. */
    ordersAround({ symbol, submitted_at, created_at }: WireOrder) {
      const at = Date.parse(submitted_at ?? created_at)
      const [after, until] = [-aroundMs, aroundMs].map((ms) => new Date(at + ms).toISOString())
      return pageOfOrders({ status: 'all', ...(symbol && { symbols: symbol }), ...(after && { after }), ...(until && { until }) })
    },

    account,
    positions: () => rest.read({ priority: reconcile, shape: positionsShape, send: () => holdings.getAllOpenPositionsRaw() }),
    activities,
  }

  function pageOfOrders(wanted: trading.GetAllOrdersRequest): Promise<readonly WireOrder[]> {
    const request = { nested: true, limit: ordersAtOnce, ...wanted }
    return rest.read({ priority: reconcile, shape: ordersShape, send: () => orders.getAllOrdersRaw(request) })
  }

  /**
   * All pages, oldest first. A page goes on where the last one ended, to the nanosecond, as Alpaca wrote it.
   */
  async function everyOrder(wanted: trading.GetAllOrdersRequest): Promise<readonly WireOrder[]> {
    const found = new Map<string, WireOrder>()
    for (let after = wanted.after; ; ) {
      const page = await pageOfOrders({ ...wanted, direction: 'asc', ...(after !== undefined && { after }) })
      const before = found.size
      for (const order of page) found.set(order.id, order)
      const last = page.at(-1)
      if (last === undefined || page.length < ordersAtOnce || found.size === before) return [...found.values()]
      after = last.submitted_at ?? last.created_at
    }
  }

  /** All pages of what was written down after a moment, oldest first. */
  async function activities(types: readonly trading.ActivityType[], atMs: number): Promise<readonly WireActivity[]> {
    const found = new Map<string, WireActivity>()
    // Alpaca's "after" leaves out the moment itself; before 1970 there is none.
    const after = new Date(Math.max(0, atMs - 1))
    for (let pageToken: string | undefined; ; ) {
      const request = {
        activityTypes: [...types],
        after,
        direction: 'asc' as const,
        pageSize: activitiesAtOnce,
        ...(pageToken && { pageToken }),
      }
      const page = await rest.read({ priority: reconcile, shape: activitiesShape, send: () => history.getAccountActivitiesRaw(request) })
      const before = found.size
      for (const activity of page) found.set(activity.id, activity)
      if (page.length < activitiesAtOnce || found.size === before) return [...found.values()]
      pageToken = page.at(-1)?.id
    }
  }
}
