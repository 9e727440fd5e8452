import { exchangeDate, nextClose, nextOpen, regularHours, sessionAt, tradingDays } from '../../../src/domain/calendar.ts'
import { type Decimal, decimal, divide, maximum, percentOf, roundHalfUp, text, zero } from '../../../src/domain/decimal.ts'
import { pageOfActivities } from './activities.ts'
import type { AlpacaBook } from './book.ts'
import { AlpacaError, invalid, notFound } from './errors.ts'
import { ok, type Route, route } from './http.ts'
import { assetView, stamp } from './views.ts'

export interface AccountParts {
  readonly book: AlpacaBook
  readonly now: () => number
}
const usdText = (value: Decimal): string => text(roundHalfUp(value, 2))

/** The retired day-trading fields are absent: `pattern_day_trader`, `daytrade_count`, `daytrading_buying_power`. */
function accountView({ book, now }: AccountParts): object {
  const { flags } = book
  const [long, short, equity, power] = [book.worth('long'), book.worth('short'), book.equity(), book.buyingPower()]
  const gross = long.plus(short)
  return {
    id: book.accountId,
    account_number: book.accountNumber,
    status: flags.status,
    crypto_status: 'INACTIVE',
    currency: 'USD',
    cash: usdText(book.cash),
    portfolio_value: usdText(equity),
    equity: usdText(equity),
    last_equity: usdText(book.lastEquity),
    long_market_value: usdText(long),
    short_market_value: usdText(zero.minus(short)),
    position_market_value: usdText(gross),
    buying_power: usdText(power),
    regt_buying_power: usdText(power),
    non_marginable_buying_power: usdText(maximum(zero, book.cash)),
    options_buying_power: '0',
    options_approved_level: 0,
    options_trading_level: 0,
    initial_margin: usdText(divide(gross, decimal('2'))),
    maintenance_margin: usdText(percentOf(gross, '30')),
    last_maintenance_margin: '0',
    sma: '0',
    multiplier: flags.multiplier,
    shorting_enabled: flags.shortingEnabled && flags.multiplier !== '1',
    trading_blocked: flags.tradingBlocked,
    transfers_blocked: false,
    account_blocked: flags.accountBlocked,
    trade_suspended_by_user: flags.suspendTrade,
    accrued_fees: '0',
    pending_reg_taf_fees: '0',
    intraday_adjustments: '0',
    balance_asof: exchangeDate(now() - 86_400_000),
    created_at: '2025-01-02T15:00:00Z',
  }
}

const configurationsView = ({ flags }: AlpacaBook): object => ({
  disable_overnight_trading: false,
  fractional_trading: true,
  max_margin_multiplier: flags.multiplier,
  max_options_trading_level: 0,
  no_shorting: flags.noShorting,
  ptp_no_exception_entry: false,
  suspend_trade: flags.suspendTrade,
  trade_confirm_email: 'all',
})

export function createAccountRoutes(parts: AccountParts): readonly Route[] {
  const { book } = parts
  return [
    route('GET', '/v2/account', () => ok(accountView(parts))),
    route('GET', '/v2/account/configurations', () => ok(configurationsView(book))),
    route('PATCH', '/v2/account/configurations', ({ body }) => {
      if (typeof body['suspend_trade'] === 'boolean') book.flags.suspendTrade = body['suspend_trade']
      if (typeof body['no_shorting'] === 'boolean') book.flags.noShorting = body['no_shorting']
      return ok(configurationsView(book))
    }),
    route('GET', '/v2/account/activities', ({ query }) => ok(pageOfActivities(book.activities, query, null))),
    route('GET', '/v2/account/activities/:x', ({ query }, [type = '']) => ok(pageOfActivities(book.activities, query, type))),
    route('GET', '/v2/assets', ({ query }) => {
      const [status, exchange] = [query.get('status'), query.get('exchange')]
      const wanted = [...book.assets.values()].filter(
        (asset) => (status === null || asset.status === status) && (exchange === null || asset.exchange === exchange),
      )
      return ok(query.get('asset_class') === 'crypto' ? [] : wanted.map(assetView))
    }),
    route('GET', '/v2/assets/:x', (_, [symbol = '']) => {
      const asset = book.asset(symbol)
      if (!asset) throw notFound(`asset not found for ${symbol}`)
      return ok(assetView(asset))
    }),
    route('GET', '/v2/clock', () => {
      const at = parts.now()
      return ok({
        timestamp: stamp(at),
        is_open: sessionAt(at) === 'regular',
        next_open: stamp(nextOpen(at)),
        next_close: stamp(nextClose(at)),
      })
    }),
    route('GET', '/v2/calendar', ({ query }) => ok(calendar(query))),
  ]
}

const minute = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' })
/** Sessions of a stretch of dates; without one Alpaca sends decades, which nobody here should ask for. */
function calendar(query: URLSearchParams): readonly object[] {
  const [start, end] = [query.get('start')?.slice(0, 10), query.get('end')?.slice(0, 10)]
  if (!start || !end) throw new AlpacaError(400, 40010000, 'this emulator wants start and end')
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000 + 1
  if (!(days >= 1 && days <= 4_000)) throw invalid('end must not be before start')
  return tradingDays(start, days)
    .filter((date) => date <= end)
    .map((date) => {
      const { open, close } = regularHours(date)
      const [, settlement = date] = tradingDays(date, 2)
      const hours = { open: minute.format(open), close: minute.format(close) }
      return { date, ...hours, session_open: '0400', session_close: '2000', settlement_date: settlement }
    })
}
