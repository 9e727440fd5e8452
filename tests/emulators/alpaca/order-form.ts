import type { Side } from '../../../src/domain/alert.ts'
import { type Decimal, decimal, type Price, price, type Quantity, text, tickPlaces, type Usd, zero } from '../../../src/domain/decimal.ts'
import { invalid, unprocessable } from './errors.ts'
import type { AlpacaOrderClass, AlpacaOrderType, AlpacaTimeInForce } from './records.ts'

/** A request for an order, read and found well-formed. */
export interface OrderForm {
  readonly clientOrderId: string | null
  readonly symbol: string
  readonly side: Side
  readonly type: AlpacaOrderType
  readonly timeInForce: AlpacaTimeInForce
  readonly orderClass: AlpacaOrderClass
  readonly quantity: Quantity | null
  readonly notional: Usd | null
  readonly limitPrice: Price | null
  readonly stopPrice: Price | null
  readonly trailPrice: Price | null
  readonly trailPercent: string | null
  readonly extendedHours: boolean
  readonly takeProfit: Price | null
  readonly stopLoss: { readonly stopPrice: Price; readonly limitPrice: Price | null } | null
}

type Body = Readonly<Record<string, unknown>>
const types: ReadonlySet<string> = new Set(['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'])
const times: ReadonlySet<string> = new Set(['day', 'gtc', 'opg', 'cls', 'ioc', 'fok'])
const classes: ReadonlySet<string> = new Set(['simple', 'bracket', 'oco', 'oto'])

function numeric(body: Body, name: string): Decimal | null {
  const value = body[name]
  if (value === undefined || value === null || value === '') return null
  const words = String(value)
  if (!/^-?\d{1,12}(\.\d{1,9})?$/.test(words)) throw invalid(`invalid ${name.replace('_', ' ')}`)
  const read = decimal(words)
  if (read.lte(zero)) throw invalid(`${name.replace('_', ' ')} must be > 0`)
  return read
}

/** @throws AlpacaError 422 for more decimals than the exchanges take. */
export function priceOf(body: Body, name: string): Price | null {
  const value = numeric(body, name)
  if (value && !value.round(tickPlaces(value as Price)).eq(value))
    throw unprocessable(`invalid ${name} ${text(value)}. sub-penny increment does not fulfill minimum pricing criteria`)
  return value && price(value)
}
const word = (body: Body, name: string): string => String(body[name] ?? '')
const part = (body: Body, name: string): Body | null => (body[name] as Body | null | undefined) ?? null

/** @throws AlpacaError 422 */
export function readOrderForm(body: Body): OrderForm {
  const type = word(body, 'type')
  const timeInForce = word(body, 'time_in_force')
  const orderClass = word(body, 'order_class') || 'simple'
  if (word(body, 'symbol') === '') throw invalid('symbol is required')
  if (!types.has(type)) throw invalid('invalid order type')
  if (!times.has(timeInForce)) throw invalid('invalid time_in_force')
  if (!classes.has(orderClass)) throw invalid('invalid order_class')
  const side = word(body, 'side')
  if (side !== 'buy' && side !== 'sell') throw invalid('invalid side')
  const clientOrderId = body['client_order_id'] === undefined ? null : word(body, 'client_order_id')
  if (clientOrderId !== null && (clientOrderId === '' || clientOrderId.length > 128))
    throw invalid('client_order_id must be no more than 128 characters')
  const stopLoss = part(body, 'stop_loss')
  const stopLossAt = stopLoss && priceOf(stopLoss, 'stop_price')
  const takeProfit = part(body, 'take_profit')
  const form: OrderForm = {
    clientOrderId,
    symbol: word(body, 'symbol'),
    side,
    type: type as AlpacaOrderType,
    timeInForce: timeInForce as AlpacaTimeInForce,
    orderClass: orderClass as AlpacaOrderClass,
    quantity: numeric(body, 'qty') as Quantity | null,
    notional: numeric(body, 'notional') as Usd | null,
    limitPrice: priceOf(body, 'limit_price'),
    stopPrice: priceOf(body, 'stop_price'),
    trailPrice: priceOf(body, 'trail_price'),
    trailPercent: numeric(body, 'trail_percent')?.toFixed() ?? null,
    extendedHours: body['extended_hours'] === true,
    takeProfit: takeProfit && priceOf(takeProfit, 'limit_price'),
    stopLoss: stopLoss && stopLossAt && { stopPrice: stopLossAt, limitPrice: priceOf(stopLoss, 'limit_price') },
  }
  needs(form)
  needsOfClass(form)
  return form
}

/** What each type must carry, and must not. */
function needs({ type, limitPrice, stopPrice, trailPrice, trailPercent, quantity, notional, timeInForce, extendedHours }: OrderForm): void {
  if (quantity === null && notional === null) throw invalid('qty or notional is required')
  if (quantity !== null && notional !== null) throw invalid('only one of qty or notional is accepted')
  if (type === 'market' && (limitPrice || stopPrice)) throw invalid('market orders require no stop or limit price')
  if ((type === 'limit' || type === 'stop_limit') && !limitPrice) throw invalid(`${type.replace('_', ' ')} orders require a limit price`)
  if ((type === 'stop' || type === 'stop_limit') && !stopPrice) throw invalid(`${type.replace('_', ' ')} orders require a stop price`)
  if (type === 'limit' && stopPrice) throw invalid('limit orders require no stop price')
  if (type === 'stop' && limitPrice) throw invalid('stop orders require no limit price')
  if (type === 'trailing_stop' && (trailPrice === null) === (trailPercent === null))
    throw invalid('trailing stop orders must specify one of trail_price or trail_percent')
  if (extendedHours && (type !== 'limit' || (timeInForce !== 'day' && timeInForce !== 'gtc')))
    throw unprocessable('extended hours order must be DAY or GTC limit orders')
  if ((timeInForce === 'opg' || timeInForce === 'cls') && type !== 'market' && type !== 'limit')
    throw unprocessable(`${type} orders do not take time_in_force ${timeInForce}`)
  if (type === 'trailing_stop' && timeInForce !== 'day' && timeInForce !== 'gtc')
    throw unprocessable('trailing stop orders must be DAY or GTC')
  const fraction = notional !== null || (quantity !== null && !quantity.round(0).eq(quantity))
  if (fraction && timeInForce !== 'day') throw unprocessable('fractional orders must be DAY orders')
}

function needsOfClass(form: OrderForm): void {
  const { orderClass, type, takeProfit, stopLoss, timeInForce, extendedHours, quantity } = form
  if (orderClass === 'simple') {
    if (takeProfit || stopLoss) throw invalid('simple orders require no take_profit or stop_loss')
    return
  }
  if (timeInForce !== 'day' && timeInForce !== 'gtc') throw unprocessable(`${orderClass} orders must be DAY or GTC`)
  if (extendedHours) throw unprocessable(`${orderClass} orders are not supported in extended hours`)
  if (quantity === null || !quantity.round(0).eq(quantity)) throw unprocessable('fractional orders must be simple orders')
  if (orderClass === 'bracket') {
    if (type !== 'market' && type !== 'limit') throw unprocessable('bracket orders must be market or limit orders')
    if (!takeProfit) throw invalid('bracket orders require take_profit.limit_price')
    if (!stopLoss) throw invalid('bracket orders require stop_loss.stop_price')
  } else if (orderClass === 'oco') {
    if (type !== 'limit') throw unprocessable('oco orders must be limit orders')
    if (!stopLoss) throw invalid('oco orders require stop_loss.stop_price')
  } else if ((takeProfit === null) === (stopLoss === null)) throw invalid('oto orders require either take_profit or stop_loss')
}
