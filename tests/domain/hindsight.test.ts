import { describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../src/domain/decimal.ts'
import { hindsight, type UnmadeTrade } from '../../src/domain/hindsight.ts'

const long: UnmadeTrade = {
  side: 'buy',
  quantity: quantity('10'),
  limitPrice: price('100'),
  stopLoss: price('95'),
  takeProfit: price('110'),
}
const short: UnmadeTrade = { ...long, side: 'sell', stopLoss: price('105'), takeProfit: price('90') }
const bar = (open: string, high: string, low: string, close: string) => ({
  open: price(open),
  high: price(high),
  low: price(low),
  close: price(close),
})
const seen = (trade: UnmadeTrade, ...bars: ReturnType<typeof bar>[]) => {
  const found = hindsight(trade, bars)
  return found && [text(found.price), found.movePercent, text(found.pnl), found.exit]
}

describe('what a trade that was not made would have come to', () => {
  it('is open at the last price when neither stop nor target was reached', () => {
    expect(seen(long, bar('100', '104', '99', '103'))).toEqual(['103', '3', '30', 'open'])
    expect(seen(short, bar('100', '104', '99', '103'))).toEqual(['103', '3', '-30', 'open'])
  })

  it('ends at the first of stop and target, and the rest of the time changes nothing but the move', () => {
    expect(seen(long, bar('100', '101', '94', '96'), bar('96', '120', '96', '120'))).toEqual(['120', '20', '-50', 'stop'])
    expect(seen(long, bar('100', '111', '99', '108'), bar('108', '108', '80', '80'))).toEqual(['80', '-20', '100', 'target'])
    expect(seen(short, bar('100', '106', '99', '104'))).toEqual(['104', '4', '-50', 'stop'])
    expect(seen(short, bar('100', '101', '89', '92'))).toEqual(['92', '-8', '100', 'target'])
  })

  it('does not flatter: both in one bar is the stop, and a gap through the stop fills at the open', () => {
    expect(seen(long, bar('100', '111', '94', '100'))).toEqual(['100', '0', '-50', 'stop'])
    expect(seen(long, bar('90', '92', '89', '91'))).toEqual(['91', '-9', '-100', 'stop'])
    expect(seen(short, bar('112', '113', '111', '112'))).toEqual(['112', '12', '-120', 'stop'])
  })

  it('is not known without prices', () => {
    expect(seen(long)).toBeNull()
  })
})
