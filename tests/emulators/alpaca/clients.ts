import { marketData, streaming, trading } from '@alpacahq/alpaca-trade-api'
import { type AlpacaEmulator, type AlpacaEmulatorOptions, startAlpacaEmulator } from '../alpaca.ts'

/** The real client library, pointed at an emulator by its own options. */
export function clientsOf({ access, otherKeys }: AlpacaEmulator, timeoutMs = 5_000) {
  const credentials = { keyId: access.APCA_API_KEY_ID, secret: access.APCA_API_SECRET_KEY }
  const to = (basePath: string, keys: { readonly keyId: string; readonly secret: string }) => ({ basePath, ...keys, timeoutMs })
  const here = new trading.Configuration(to(access.APCA_API_BASE_URL, credentials))
  const data = new marketData.Configuration(to(access.APCA_API_DATA_URL, credentials))
  return {
    orders: new trading.OrdersApi(here),
    positions: new trading.PositionsApi(here),
    account: new trading.AccountsApi(here),
    configurations: new trading.AccountConfigurationsApi(here),
    activities: new trading.AccountActivitiesApi(here),
    assets: new trading.AssetsApi(here),
    clock: new trading.ClockApi(here),
    calendar: new trading.CalendarApi(here),
    stocks: new marketData.StockApi(data),
    news: new marketData.NewsApi(data),
    corporate: new marketData.CorporateActionsApi(data),
    /** With other keys. */
    accountAs: (keyId: string, secret: string) =>
      new trading.AccountsApi(new trading.Configuration(to(access.APCA_API_BASE_URL, { keyId, secret }))),
    ofOtherEnvironment: new trading.AccountsApi(new trading.Configuration(to(access.APCA_API_BASE_URL, otherKeys))),
    tradeStream: (keys = credentials) =>
      new streaming.TradingStream({ credentials: keys, url: access.APCA_API_STREAM_URL, initialReconnectMs: 20, maxReconnectMs: 50 }),
    dataStream: (feed = 'iex', keys = credentials) =>
      new streaming.StockDataStream({ credentials: keys, url: `${access.APCA_DATA_STREAM_URL}/v2/${feed}`, initialReconnectMs: 20 }),
    newsStream: () => new streaming.NewsStream({ credentials, url: `${access.APCA_DATA_STREAM_URL}/v1beta1/news` }),
  }
}
type Clients = ReturnType<typeof clientsOf>
export type OrderRequest = Parameters<Clients['orders']['postOrder']>[0]['postOrderRequest']

const running: AlpacaEmulator[] = []
const streams: { disconnect(): void }[] = []

/** An emulator with ACME at 99.98 / 100.02, its clients, and what most tests do. */
export async function exchange(options: AlpacaEmulatorOptions = {}) {
  const alpaca = await startAlpacaEmulator(options)
  running.push(alpaca)
  alpaca.world.setQuote('ACME', '99.98', '100.02')
  const clients = clientsOf(alpaca)
  let ids = 0
  const order = (change: Partial<OrderRequest> = {}): OrderRequest => {
    ids += 1
    return { symbol: 'ACME', qty: '10', side: 'buy', type: 'market', timeInForce: 'day', clientOrderId: `test-${ids}`, ...change }
  }
  const submit = async (change: Partial<OrderRequest> = {}) => {
    const placed = await clients.orders.postOrder({ postOrderRequest: order(change) })
    // What follows the answer has happened once the next answer is here.
    return clients.orders.getOrderByOrderID({ orderId: String(placed.id), nested: true })
  }
  const look = (orderId: string | undefined) => clients.orders.getOrderByOrderID({ orderId: String(orderId), nested: true })
  return { alpaca, ...clients, order, submit, look }
}

/** The refusal as Alpaca words it: `422 40010001 client_order_id must be unique`. */
export async function refusal(act: Promise<unknown>): Promise<string> {
  try {
    await act
  } catch (error) {
    const { status, code, message } = error as { readonly status?: number; readonly code?: number; readonly message: string }
    return `${status} ${code} ${message}`
  }
  return 'nothing was refused'
}

/** What a stream told, as short lines: `fill filled 10 @ 100.02 = 10`. */
export async function listen({ alpaca, tradeStream }: Awaited<ReturnType<typeof exchange>>) {
  const lines: string[] = []
  const updates: streaming.TradeUpdate[] = []
  const stream = tradeStream()
  streams.push(stream)
  stream.onTradeUpdate((update) => {
    updates.push(update)
    const { event, order, qty, price, positionQty } = update
    lines.push([event, order.status, ...(qty === undefined ? [] : [qty, '@', price, '=', positionQty])].join(' '))
  })
  const before = alpaca.trades.listening
  stream.subscribeTradeUpdates()
  stream.connect()
  await alpaca.until(() => alpaca.trades.listening > before)
  return { lines, updates, stream, until: (count: number) => alpaca.until(() => lines.length >= count) }
}

/** Everything a test has opened. @throws Error when anything contradicted the official descriptions */
export async function closeAll(): Promise<void> {
  for (const stream of streams.splice(0)) stream.disconnect()
  const stopped = running.splice(0)
  for (const alpaca of stopped) await alpaca.stop()
  const wrong = stopped.flatMap(({ checks }) => checks.violations)
  if (wrong.length > 0) throw new Error(JSON.stringify(wrong, null, 1))
}
export const track = <T extends { disconnect(): void }>(stream: T): T => {
  streams.push(stream)
  return stream
}
