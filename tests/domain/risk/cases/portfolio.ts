import { type Price, price, quantity, usd } from '../../../../src/domain/decimal.ts'
import type { Position } from '../../../../src/domain/position.ts'
import type { RiskContext } from '../../../../src/domain/risk/check.ts'
import { order, position, request, riskContext, standing } from '../../../support/samples.ts'
import { asked, bad, type Case, deny, edge, funded, neutral, pass, short, sized, warns } from './case.ts'

const of = (symbol: string, over: Partial<Position> = {}): Position => position({ symbol, ...over })
const many = (count: number): readonly Position[] => Array.from({ length: count }, (_, i) => of(`S${i}`))
/** Shares at $100 with a stop $5 below. */
const worth = (symbol: string, shares: string): Position => of(symbol, { quantity: quantity(shares) })
const sectors = (...symbols: readonly string[]) => standing({ sectors: new Map(symbols.map((symbol) => [symbol, 'Technology'])) })
const tech = (shares: string): RiskContext => riskContext({ positions: [worth('AMD', shares)], standing: sectors('AMD') })
const like = (coefficient: number | null, days = 60): RiskContext => riskContext({ correlations: [{ symbol: 'AMD', coefficient, days }] })
/** A day that began with $100,000 and stands at this. */
const today = (equity: string, over: Partial<RiskContext> = {}): RiskContext =>
  riskContext({ account: { equity: usd(equity), cash: usd(equity), buyingPower: usd('200000') }, standing: standing(), ...over })
const peak = (highWater: string | null, equity = '100000'): RiskContext => {
  const past = standing({ highWater: highWater === null ? null : usd(highWater) })
  return riskContext({ account: { equity: usd(equity), cash: usd(equity), buyingPower: usd('1') }, standing: past })
}
const noStart = standing({ dayStart: null })
const traded = (equity: string, trades: number, flagged = false): RiskContext =>
  riskContext({ account: { equity: usd(equity), cash: usd(equity), buyingPower: usd('1'), dayTrading: { trades, flagged } } })
const stop = (at: string) => ({ stopLoss: price(at) as Price, takeProfit: null })
const lots = request({ quantity: quantity('100') })

export const portfolioCases: readonly Case[] = [
  pass('MAX_POSITIONS', 'nothing is held', riskContext()),
  edge('MAX_POSITIONS', 'the fifth', riskContext({ positions: many(4) })),
  deny('MAX_POSITIONS', 'the sixth', riskContext({ positions: many(5) }), 'after one is closed', true),
  deny('MAX_POSITIONS', 'the limit was lowered', riskContext({ positions: many(7) }), 'after 3 are closed', true),
  pass('MAX_POSITIONS', 'more of one of five', riskContext({ positions: [...many(4), of('NVDA')] })),
  deny(
    'MAX_POSITIONS',
    'four and one on its way',
    riskContext({ positions: many(4), workingOrders: [order({ symbol: 'AMD' })] }),
    'after one is closed',
  ),
  bad(
    'MAX_POSITIONS',
    'four and one whose fate is unknown',
    riskContext({ positions: many(4), workingOrders: [order({ symbol: 'AMD', status: 'unknown', brokerOrderId: null })] }),
    'after one is closed',
  ),
  neutral('MAX_POSITIONS', 'positions of no shares', riskContext({ positions: many(5).map((p) => ({ ...p, quantity: quantity('0') })) })),

  pass('TOTAL_EXPOSURE', '$4,000 of $50,000', riskContext()),
  edge('TOTAL_EXPOSURE', 'exactly $50,000', riskContext({ positions: [worth('AMD', '460')] })),
  deny('TOTAL_EXPOSURE', 'a share over', riskContext({ positions: [worth('AMD', '461')] }), 'max 39 shares', true),
  deny(
    'TOTAL_EXPOSURE',
    'longs and shorts are added',
    riskContext({ positions: [worth('AMD', '250'), of('INTC', { side: 'short', quantity: quantity('240') })] }),
    'max 10 shares',
  ),
  deny('TOTAL_EXPOSURE', 'what is on its way', riskContext({ workingOrders: [order({ symbol: 'AMD', quantity: quantity('500') })] }), ''),
  bad('TOTAL_EXPOSURE', 'no account', riskContext({ account: null }), '', true),
  bad('TOTAL_EXPOSURE', 'zero equity', funded('0', '0'), ''),
  bad('TOTAL_EXPOSURE', 'negative equity', funded('-1', '0'), ''),

  pass('SECTOR_EXPOSURE', '$4,000 of $40,000', riskContext()),
  edge('SECTOR_EXPOSURE', 'exactly $40,000', tech('360')),
  deny('SECTOR_EXPOSURE', 'a share over', tech('361'), 'max 39 shares', true),
  pass(
    'SECTOR_EXPOSURE',
    'held in another sector',
    riskContext({ positions: [worth('XOM', '400')], standing: standing({ sectors: new Map([['XOM', 'Energy']]) }) }),
  ),
  bad(
    'SECTOR_EXPOSURE',
    'unknown sectors share one bucket',
    { ...riskContext({ positions: [worth('AAA', '200'), worth('BBB', '200')] }), security: null },
    '',
  ),
  bad('SECTOR_EXPOSURE', 'no account', riskContext({ account: null }), '', true),
  bad('SECTOR_EXPOSURE', 'negative equity', funded('-1', '0'), ''),

  pass('CORRELATION', 'nothing is held', riskContext()),
  edge('CORRELATION', 'exactly 0.7', like(0.7)),
  deny('CORRELATION', '0.7001', like(0.7001), 'after AMD is closed', true),
  pass('CORRELATION', 'moves against it', like(-0.9)),
  edge('CORRELATION', 'with 20 shared days', like(0.5, 20)),
  warns('CORRELATION', 'with 19 shared days', like(0.9, 19), 'cannot tell whether it moves with AMD: 19 of 20 shared days', 'bad'),
  warns('CORRELATION', 'something that did not move', like(null), 'cannot tell whether it moves with AMD: 60 of 20 shared days', 'bad'),
  warns('CORRELATION', 'not a number', like(Number.NaN), 'cannot tell whether it moves with AMD: 60 of 20 shared days', 'bad'),
  deny(
    'CORRELATION',
    'one is alike and one is not known',
    riskContext({
      correlations: [
        { symbol: 'AMD', coefficient: null, days: 0 },
        { symbol: 'INTC', coefficient: 0.95, days: 60 },
      ],
    }),
    'after INTC is closed',
  ),

  pass('DAILY_LOSS', 'a day that gains', today('101000')),
  edge('DAILY_LOSS', '$999 of $2,000', today('99001')),
  warns('DAILY_LOSS', '$1,000 of $2,000', today('99000'), "50 % of today's loss limit is used: $1,000.00 of $2,000.00"),
  warns('DAILY_LOSS', '$1,500', today('98500'), "75 % of today's loss limit is used: $1,500.00 of $2,000.00"),
  warns('DAILY_LOSS', '$1,999.99', today('98000.01'), "90 % of today's loss limit is used: $1,999.99 of $2,000.00"),
  deny('DAILY_LOSS', 'exactly $2,000', today('98000'), 'next session', true),
  deny(
    'DAILY_LOSS',
    '3 % of a small account',
    riskContext({ account: funded('9700', '1').account, standing: standing({ dayStart: usd('10000') }) }),
    'next session',
  ),
  bad('DAILY_LOSS', 'nobody knows where the day began', riskContext({ standing: noStart }), '', true),
  bad('DAILY_LOSS', 'no account', riskContext({ account: null }), '', true),
  bad('DAILY_LOSS', 'a day that began with nothing', riskContext({ standing: standing({ dayStart: usd('0') }) }), 'next session'),
  bad('DAILY_LOSS', 'a day that began below zero', riskContext({ standing: standing({ dayStart: usd('-1') }) }), 'next session'),

  pass('MAX_DRAWDOWN', 'at the peak', riskContext()),
  edge('MAX_DRAWDOWN', '9.99 %', peak('100000', '90010')),
  warns('MAX_DRAWDOWN', '10 %', peak('100000', '90000'), 'equity is 10 % below its peak; at 15 % nothing new is entered'),
  deny('MAX_DRAWDOWN', '15 %', peak('100000', '85000'), 'equity above $85,000.00', false),
  pass('MAX_DRAWDOWN', 'above the peak so far', peak('90000')),
  neutral('MAX_DRAWDOWN', 'no look at the account yet: today is the peak', peak(null)),
  bad('MAX_DRAWDOWN', 'no account', riskContext({ account: null }), '', true),
  bad('MAX_DRAWDOWN', 'a peak of zero', peak('0', '0'), '', true),
  bad('MAX_DRAWDOWN', 'negative equity', peak('100000', '-5'), 'equity above $85,000.00'),

  pass('OPEN_RISK', '$200 of $2,000', riskContext()),
  edge('OPEN_RISK', 'exactly $2,000', riskContext({ positions: [worth('AMD', '360')] })),
  deny('OPEN_RISK', 'a share over', riskContext({ positions: [worth('AMD', '361')] }), 'max 39 shares', true),
  deny('OPEN_RISK', 'half of the day is lost', today('99000', { positions: [worth('AMD', '170')] }), 'max 30 shares'),
  pass(
    'OPEN_RISK',
    'a stop above the entry risks nothing',
    riskContext({ positions: [of('AMD', { quantity: quantity('900'), stopLoss: price('101') })] }),
  ),
  deny(
    'OPEN_RISK',
    'what is on its way',
    riskContext({ request: lots, workingOrders: [order({ symbol: 'AMD', quantity: quantity('310'), bracket: stop('95') })] }),
    'max 90 shares',
  ),
  deny('OPEN_RISK', 'a short counts upward', riskContext({ request: { ...short, quantity: quantity('401') } }), 'max 400 shares'),
  bad('OPEN_RISK', 'a position without a stop counts in full', riskContext({ positions: [of('AMD', { stopLoss: null })] }), ''),
  bad('OPEN_RISK', 'an unprotected one as well', riskContext({ positions: [of('AMD', { unprotected: true })] }), ''),
  bad('OPEN_RISK', 'a stop on the wrong side is none', asked({ stopLoss: price('101') }), 'max 20 shares'),
  bad('OPEN_RISK', 'no stop', riskContext({ request: { ...sized('40'), stopLoss: null } }), 'max 20 shares'),
  bad('OPEN_RISK', 'nobody knows where the day began', riskContext({ standing: noStart }), '', true),

  pass('REGULATORY_MARGIN', 'a broker that does not say', riskContext()),
  pass('REGULATORY_MARGIN', 'two day trades', traded('24000', 2)),
  edge('REGULATORY_MARGIN', 'exactly $25,000', traded('25000', 9, true)),
  deny('REGULATORY_MARGIN', 'three day trades', traded('24999.99', 3), 'equity of $25,000.00', true),
  deny('REGULATORY_MARGIN', 'a pattern day trader', traded('24000', 0, true), 'equity of $25,000.00'),
  bad('REGULATORY_MARGIN', 'a count that is none', traded('24000', Number.NaN), 'equity of $25,000.00'),
  neutral('REGULATORY_MARGIN', 'no account, which others deny', riskContext({ account: null })),
]
