import type { DecimalString } from '../../domain/decimal.ts'
import { type Broker, type BrokerActivity, BrokerError } from '../../ports/broker.ts'
import { type AlpacaAccess, endpoints } from '../alpaca/access.ts'
import { AlpacaFailure } from '../alpaca/failures.ts'
import { type BudgetSnapshot, createRateBudget, type RateBudget } from '../alpaca/rate-budget.ts'
import { toActivities } from './alpaca/activities.ts'
import { createTradingApi, type TradingApi } from './alpaca/api.ts'
import { createDelivery, type Delivery } from './alpaca/delivery.ts'
import { createFamily } from './alpaca/family.ts'
import { createHistory } from './alpaca/history.ts'
import { createLookups } from './alpaca/lookups.ts'
import { blockedBecause, toAccount, toPosition } from './alpaca/mapper.ts'
import { createTradeStream, type StreamTiming, type TradeStream } from './alpaca/stream.ts'
import { change, type SubmitParts, submit } from './alpaca/submit.ts'

export interface AlpacaBrokerOptions {
  readonly access: AlpacaAccess
  readonly mode: 'paper' | 'live'
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  /** Shared by everything that uses this account's trading requests; by default one of its own, 200 a minute. */
  readonly budget?: RateBudget
  /** New shares for one old, of a split on a day (`2026-03-02`), where the account's activities do not say. */
  readonly splitRatio?: (symbol: string, day: string) => Promise<DecimalString | null>
  readonly timing?: Partial<StreamTiming> & { readonly firstPauseMs?: number }
}

export interface AlpacaBroker extends Broker {
  /** What is left of this minute's requests, for metrics. */
  budget(): BudgetSnapshot
}

/** A stream that says nothing of a fill for this long, while it is open, is as good as closed. */
const muteAfterMs = 15_000

/**
 * Alpaca as the broker. Placements are sent once and classified; reads and cancels are repeated. All requests share one
 * budget, in which whatever reduces risk goes first.
 *
 * Deliberately absent: orders in dollars, orders in several symbols, options, crypto, the close-position endpoints (they take
 * no client id).
 */
export function createAlpacaBroker(options: AlpacaBrokerOptions): AlpacaBroker {
  const { access, mode, log, budget = createRateBudget(), splitRatio = async () => null, timing = {} } = options
  const urls = endpoints(access, mode)
  const { firstPauseMs, ...streamTiming } = timing
  const api = createTradingApi({ access, budget, ...(firstPauseMs !== undefined && { firstPauseMs }) }, urls.trading)
  const family = createFamily()
  const lookups = createLookups(api, family)
  const history = createHistory(api)
  const delivery = createDelivery({ family, lookups, log })
  const stream = createTradeStream({
    access,
    url: urls.tradeStream,
    log,
    onMessage: delivery.push,
    onGap: delivery.gap,
    timing: streamTiming,
  })
  const parts: SubmitParts = { api, family, lookups, log }
  const warnOnce = once((blocked: string) => log.warn({ blocked }, 'the Alpaca account takes no entries'))

  return {
    name: 'alpaca',
    mode,
    // An order may show up in the lists long after the request for it was sent.
    lookupsAreFinal: false,
    async connect(listener, missed = () => undefined) {
      delivery.listen(listener, missed)
      await stream.open()
    },
    async disconnect() {
      stream.close()
      await delivery.drained()
      delivery.listen(null, () => undefined)
    },
    connected: () => delivery.listening() && stream.alive(),
    account: () =>
      told(async () => {
        const account = await api.account()
        warnOnce(blockedBecause(account))
        return toAccount(account)
      }),
    positions: () => told(async () => (await api.positions()).map(toPosition)),
    openOrders: () => told(() => lookups.open()),
    ordersSince: (at) => told(() => lookups.since(at)),
    orderByClientId: (clientOrderId) => told(() => lookups.byClientId(clientOrderId, 'reconcile')),
    activitiesSince: (at) =>
      told(async () => {
        const found = await toActivities(await history.since(Date.parse(at)), { splitRatio, log })
        restartIfMute(found, stream, delivery, log)
        return found
      }),
    submitEntry: ({ ticket, attempt }, permit) => submit(parts, { ticket, attempt, reducing: false, permit }),
    submitReducing: ({ ticket, attempt }, permit) => submit(parts, { ticket, attempt, reducing: true, permit }),
    cancel: (brokerOrderId) => told(() => cancel(api, brokerOrderId)),
    cancelEverything: () => told(() => cancelEverything(api)),
    replace: (brokerOrderId, wanted, permit) => change(parts, brokerOrderId, wanted, permit),
    budget: () => budget.snapshot(),
  }
}

/** Calls with a value that is not null, once for as long as it stays the same. */
function once(say: (value: string) => void): (value: string | null) => void {
  let last: string | null = null
  return (value) => {
    if (value !== null && value !== last) say(value)
    last = value
  }
}

/** Failures in the port's terms. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AlpacaFailure)) throw error
    throw new BrokerError(error.kind === 'refused' ? 'permanent' : 'retryable', `Alpaca: ${error.reason}`)
  }
}

/** A refused cancel is fine when there is nothing left to cancel; an order about to be replaced refuses too, and must be asked again. */
async function cancel(api: TradingApi, brokerOrderId: string): Promise<void> {
  try {
    await api.cancel(brokerOrderId)
  } catch (error) {
    if (!(error instanceof AlpacaFailure) || (error.status !== 404 && error.status !== 422)) throw error
    const order = await api.order(brokerOrderId, 'protect')
    if (order === null || over.has(order.status)) return
    throw new BrokerError('retryable', `Alpaca: the order is ${order.status}: ${error.reason}`)
  }
}
const over: ReadonlySet<string> = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced', 'pending_cancel'])

async function cancelEverything(api: TradingApi): ReturnType<Broker['cancelEverything']> {
  const answers = await api.cancelAll()
  return answers
    .filter(({ status }) => status < 200 || status > 299)
    .map(({ id, status, body }) => ({ brokerOrderId: id, reason: body?.message ?? `HTTP ${status}` }))
}

/** The lists know of a fill that the stream never told, though it was open all along: it is alive and says nothing. */
function restartIfMute(found: readonly BrokerActivity[], stream: TradeStream, delivery: Delivery, log: AlpacaBrokerOptions['log']): void {
  const since = stream.since()
  if (since === null || !delivery.listening()) return
  const untold = found.find(
    (activity) =>
      activity.type === 'execution' &&
      Date.parse(activity.execution.at) > since &&
      Date.now() - Date.parse(activity.execution.at) > muteAfterMs &&
      !delivery.heard(activity.execution.executionId),
  )
  if (!untold) return
  log.error({ since: new Date(since).toISOString() }, 'the stream of trade updates is open and told nothing of a fill; it is opened anew')
  stream.restart()
}
