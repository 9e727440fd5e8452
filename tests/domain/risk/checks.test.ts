import { afterAll, describe, expect, it } from 'vitest'
import { price, quantity, usd } from '../../../src/domain/decimal.ts'
import type { RiskContext } from '../../../src/domain/risk/check.ts'
import { judgeEntry } from '../../../src/domain/risk/verdict.ts'
import { loadChecks, noon, order, position, request, riskContext, withDefaults } from '../../support/samples.ts'

interface Case {
  readonly code: string
  readonly when: string
  /** null: passes. Otherwise words of the denial's `wouldPass`, or '' where there are none. */
  readonly denied: string | null
  readonly transient?: boolean
  readonly context: RiskContext
}
const sized = (shares: string, at = '100') => request({ quantity: quantity(shares), price: price(at) })
const asked = (over: Parameters<typeof request>[0]): RiskContext => riskContext({ request: request(over) })
const quoted = (bid: string, ask: string, last: string, at = noon) =>
  riskContext({ quote: { bid: price(bid), ask: price(ask), last: price(last), at } })
const funded = (equity: string, buyingPower: string) =>
  riskContext({ account: { equity: usd(equity), cash: usd(equity), buyingPower: usd(buyingPower) } })
const listed = (over: Partial<NonNullable<RiskContext['security']>>): RiskContext => {
  const context = riskContext()
  return context.security ? { ...context, security: { ...context.security, ...over } } : context
}
const short = request({ side: 'sell', stopLoss: price('105'), takeProfit: price('90') })
const trading = (state: 'paused' | 'halted') => riskContext({ trading: { ...riskContext().trading, state, cause: 'drill' } })
const sellLeg = order({ side: 'sell', role: 'target', limitPrice: price('110') })

const pass = (code: string, when: string, context: RiskContext): Case => ({ code, when, denied: null, context })
const deny = (code: string, when: string, context: RiskContext, denied: string, transient?: boolean): Case =>
  transient === undefined ? { code, when, denied, context } : { code, when, denied, transient, context }

const cases: readonly Case[] = [
  pass('POSITION_TOO_LARGE', '$4,000 of $5,000', riskContext()),
  pass('POSITION_TOO_LARGE', 'exactly $5,000', asked(sized('50'))),
  deny('POSITION_TOO_LARGE', 'one share over $5,000', asked(sized('51')), 'max 50 shares', false),
  deny('POSITION_TOO_LARGE', '10 % of a small equity', funded('20000', '40000'), 'max 20 shares'),
  deny('POSITION_TOO_LARGE', '40 shares held already', riskContext({ positions: [position()] }), 'max 10 shares'),
  deny('POSITION_TOO_LARGE', '40 shares on their way', riskContext({ workingOrders: [order()] }), 'max 10 shares'),
  pass('POSITION_TOO_LARGE', 'held in another symbol', riskContext({ positions: [position({ symbol: 'AMD' })] })),
  deny('POSITION_TOO_LARGE', 'no account', riskContext({ account: null }), '', true),
  deny('POSITION_TOO_LARGE', 'zero equity', funded('0', '0'), ''),
  deny('POSITION_TOO_LARGE', 'negative equity', funded('-1', '0'), ''),
  pass('CHAT_UNDELIVERABLE', 'somebody can be told', riskContext()),
  pass('CHAT_UNDELIVERABLE', 'nobody for a moment', riskContext({ unreachableMs: 59_999 })),
  deny(
    'CHAT_UNDELIVERABLE',
    'nobody for a minute',
    riskContext({ unreachableMs: 60_000 }),
    'when a chat is back, or the console open',
    true,
  ),
  pass('POSITION_TOO_SMALL', 'exactly $100', asked(sized('1'))),
  deny('POSITION_TOO_SMALL', '$99.99', asked(sized('1', '99.99')), 'min 2 shares', false),
  deny('POSITION_TOO_SMALL', 'zero price', asked(sized('1', '0')), ''),
  pass('CONFIDENCE_TOO_LOW', 'exactly 0.70', asked({ confidence: 0.7 })),
  deny('CONFIDENCE_TOO_LOW', '0.699', asked({ confidence: 0.699 }), '', false),
  deny('CONFIDENCE_TOO_LOW', 'not a number', asked({ confidence: Number.NaN }), ''),
  pass('STOP_MISSING', 'a stop', riskContext()),
  deny('STOP_MISSING', 'none', asked({ stopLoss: null }), 'a stop', false),
  deny('STOP_MISSING', 'zero', asked({ stopLoss: price('0') }), 'a stop'),
  deny('STOP_MISSING', 'negative', asked({ stopLoss: price('-5') }), 'a stop'),
  pass('STOP_WRONG_SIDE', 'below a buy', riskContext()),
  pass('STOP_WRONG_SIDE', 'above a sell', riskContext({ request: short })),
  deny('STOP_WRONG_SIDE', 'at a buy', asked({ stopLoss: price('100') }), 'a stop below $100.00', false),
  deny('STOP_WRONG_SIDE', 'above a buy', asked({ stopLoss: price('101') }), 'a stop below $100.00'),
  deny('STOP_WRONG_SIDE', 'below a sell', riskContext({ request: { ...short, stopLoss: price('99') } }), 'a stop above $100.00'),
  pass('STOP_TOO_TIGHT', 'exactly 2 %', asked({ stopLoss: price('98') })),
  deny('STOP_TOO_TIGHT', '1.99 %', asked({ stopLoss: price('98.01') }), 'stop at most $98.00', false),
  deny('STOP_TOO_TIGHT', '1.99 % of a sell', riskContext({ request: { ...short, stopLoss: price('101.99') } }), 'stop at least $102.00'),
  pass('STOP_TOO_WIDE', 'exactly 20 %', asked({ stopLoss: price('80') })),
  deny('STOP_TOO_WIDE', '20.01 %', asked({ stopLoss: price('79.99') }), 'stop at least $80.00', false),
  deny('STOP_TOO_WIDE', '20.01 % of a sell', riskContext({ request: { ...short, stopLoss: price('120.01') } }), 'stop at most $120.00'),
  pass('PRICE_DEVIATION', 'exactly 5 % above', quoted('95.2', '95.3', '95.2381')),
  pass('PRICE_DEVIATION', 'at the last price', riskContext()),
  deny('PRICE_DEVIATION', '6 % above the last', quoted('94', '94.1', '94'), '$89.30 to $98.70', false),
  deny('PRICE_DEVIATION', '6 % below the last', quoted('106', '107', '106.5'), '$101.18 to $111.82'),
  deny('PRICE_DEVIATION', 'no quote', riskContext({ quote: null }), '', true),
  deny('PRICE_DEVIATION', 'last of zero', quoted('99', '101', '0'), '', true),
  pass('QUOTE_STALE', '5 s on the simulator', quoted('99.98', '100.02', '100', noon - 5000)),
  deny('QUOTE_STALE', '5.001 s on the simulator', quoted('99.98', '100.02', '100', noon - 5001), 'a quote under 5 s old', true),
  pass('QUOTE_STALE', '15 s on SIP', { ...quoted('99.98', '100.02', '100', noon - 15_000), feed: 'sip' }),
  deny('QUOTE_STALE', '16 s on SIP', { ...quoted('99.98', '100.02', '100', noon - 16_000), feed: 'sip' }, 'a quote under 15 s old'),
  pass('QUOTE_STALE', '120 s on IEX', { ...quoted('99.98', '100.02', '100', noon - 120_000), feed: 'iex' }),
  deny('QUOTE_STALE', '121 s on IEX', { ...quoted('99.98', '100.02', '100', noon - 121_000), feed: 'iex' }, 'a quote under 120 s old'),
  deny('QUOTE_STALE', 'no quote', riskContext({ quote: null }), '', true),
  deny('QUOTE_STALE', 'a time that is none', quoted('99.98', '100.02', '100', Number.NaN), 'a quote under 5 s old'),
  pass('SPREAD_TOO_WIDE', 'exactly 2 %', quoted('99', '101', '100')),
  deny('SPREAD_TOO_WIDE', '2.02 %', quoted('98.99', '101.01', '100'), 'a spread of 2 %', true),
  deny('SPREAD_TOO_WIDE', 'no bid', quoted('0', '101', '100'), 'a spread of 2 %'),
  deny('SPREAD_TOO_WIDE', 'neither bid nor ask', quoted('0', '0', '100'), ''),
  deny('SPREAD_TOO_WIDE', 'no quote', riskContext({ quote: null }), '', true),
  pass('BUYING_POWER', 'exactly 100.1 %', funded('100000', '4004')),
  deny('BUYING_POWER', 'a cent less', funded('100000', '4003.99'), 'max 39 shares', true),
  deny('BUYING_POWER', 'none', funded('100000', '0'), ''),
  deny('BUYING_POWER', 'negative', funded('100000', '-1'), ''),
  deny('BUYING_POWER', 'no account', riskContext({ account: null }), '', true),
  pass('BUYING_POWER', 'the broker counted it', { ...funded('100000', '4004'), workingOrders: [order({ symbol: 'AMD' })] }),
  deny(
    'BUYING_POWER',
    'ready but unsent',
    { ...funded('100000', '7000'), workingOrders: [order({ symbol: 'AMD', brokerOrderId: null })] },
    'max 29 shares',
  ),
  pass('NOT_TRADABLE', 'tradable', riskContext()),
  deny('NOT_TRADABLE', 'not', listed({ tradable: false }), '', false),
  deny('NOT_TRADABLE', 'unknown', riskContext({ security: null }), '', true),
  deny('NOT_TRADABLE', 'of another symbol', listed({ symbol: 'AMD' }), ''),
  pass('SYMBOL_HALTED', 'trading', riskContext()),
  deny('SYMBOL_HALTED', 'halted', listed({ halted: true }), 'after the halt', true),
  deny('SYMBOL_HALTED', 'unknown', riskContext({ security: null }), '', true),
  pass('NOT_SHORTABLE', 'a buy', riskContext()),
  pass('NOT_SHORTABLE', 'a short that may', riskContext({ request: short, shortingEnabled: true })),
  deny('NOT_SHORTABLE', 'switched off', riskContext({ request: short }), '', false),
  deny('NOT_SHORTABLE', 'no borrow', { ...listed({ shortable: false }), request: short, shortingEnabled: true }, '', false),
  deny('NOT_SHORTABLE', 'unknown', riskContext({ request: short, shortingEnabled: true, security: null }), '', true),
  pass('BLOCKED', 'another symbol', riskContext({ blockedSymbols: ['AMD'] })),
  deny('BLOCKED', 'this symbol', riskContext({ blockedSymbols: ['nvda'] }), '', false),
  pass('BLOCKED', 'one of the symbols that may be traded', riskContext({ allowedSymbols: ['AMD', 'NVDA'] })),
  deny('BLOCKED', 'none of the symbols that may be traded', riskContext({ allowedSymbols: ['AMD'] }), '', false),
  deny('BLOCKED', 'no symbol may be traded', riskContext({ allowedSymbols: [] }), '', false),
  deny('BLOCKED', 'blocked and allowed', riskContext({ allowedSymbols: ['NVDA'], blockedSymbols: ['NVDA'] }), '', false),
  pass('SUB_PENNY', 'cents', riskContext()),
  pass('SUB_PENNY', 'four places under $1', asked({ price: price('0.5001'), stopLoss: price('0.4801'), takeProfit: price('0.6') })),
  deny('SUB_PENNY', 'half a cent', asked({ price: price('100.005') }), '$100.00 or $100.01', false),
  deny('SUB_PENNY', 'a stop of half a cent', asked({ stopLoss: price('95.005') }), '$95.00 or $95.01'),
  deny('SUB_PENNY', 'a target of half a cent', asked({ takeProfit: price('110.005') }), '$110.00 or $110.01'),
  deny('SUB_PENNY', 'five places under $1', asked({ price: price('0.50001') }), '$0.50 or $0.5001'),
  pass('OUTSIDE_SESSION', 'regular', riskContext()),
  ...(['pre', 'post', 'closed'] as const).map((session) =>
    deny('OUTSIDE_SESSION', session, riskContext({ session }), 'in the regular session', true),
  ),
  pass('DUPLICATE_ORDER', '60 s ago', riskContext({ recentEntries: [{ symbol: 'NVDA', side: 'buy', at: noon - 60_000 }] })),
  deny('DUPLICATE_ORDER', '59 s ago', riskContext({ recentEntries: [{ symbol: 'NVDA', side: 'buy', at: noon - 59_000 }] }), 'in 1 s', true),
  pass('DUPLICATE_ORDER', 'the other side', riskContext({ recentEntries: [{ symbol: 'NVDA', side: 'sell', at: noon }] })),
  deny('DUPLICATE_ORDER', 'from the future', riskContext({ recentEntries: [{ symbol: 'NVDA', side: 'buy', at: noon + 1000 }] }), 'in 61 s'),
  pass('OPPOSITE_OPEN_ORDER', 'a resting target', riskContext({ workingOrders: [sellLeg] })),
  pass('OPPOSITE_OPEN_ORDER', 'an ended sell', riskContext({ workingOrders: [order({ side: 'sell', status: 'canceled' })] })),
  deny(
    'OPPOSITE_OPEN_ORDER',
    'a sell entry',
    riskContext({ workingOrders: [order({ side: 'sell' })] }),
    'after that sell has ended',
    false,
  ),
  deny(
    'OPPOSITE_OPEN_ORDER',
    'a crossing target',
    { ...asked({ price: price('110') }), workingOrders: [sellLeg] },
    'after that sell has ended',
  ),
  pass('COOLDOWN_AFTER_STOP', '30 min ago', riskContext({ lastStopOutAt: noon - 30 * 60_000 })),
  pass('COOLDOWN_AFTER_STOP', 'never', riskContext()),
  deny('COOLDOWN_AFTER_STOP', '29 min ago', riskContext({ lastStopOutAt: noon - 29 * 60_000 }), 'in 1 min', true),
  pass('DATA_INVALID', 'sound data', riskContext()),
  pass('DATA_INVALID', 'a quote 2 s ahead', quoted('99.98', '100.02', '100', noon + 2000)),
  deny('DATA_INVALID', 'a quote 2.001 s ahead', quoted('99.98', '100.02', '100', noon + 2001), '', true),
  deny('DATA_INVALID', 'no account', riskContext({ account: null }), '', true),
  deny('DATA_INVALID', 'zero equity', funded('0', '1'), '', true),
  deny('DATA_INVALID', 'negative equity', funded('-5', '1'), '', true),
  deny('DATA_INVALID', 'negative buying power', funded('5', '-1'), '', true),
  deny('DATA_INVALID', 'no quote', riskContext({ quote: null }), '', true),
  deny('DATA_INVALID', 'bid above ask', quoted('101', '100', '100'), '', true),
  deny('DATA_INVALID', 'zero bid', quoted('0', '100', '100'), '', true),
  deny('DATA_INVALID', 'negative last', quoted('99', '100', '-1'), '', true),
  deny('DATA_INVALID', 'zero price', asked({ price: price('0') }), '', false),
  deny('DATA_INVALID', 'negative quantity', asked({ quantity: quantity('-1') }), '', false),
  deny('DATA_INVALID', 'half a share', asked({ quantity: quantity('1.5') }), '', false),
  deny('DATA_INVALID', 'confidence above 1', asked({ confidence: 1.1 }), '', false),
  deny('DATA_INVALID', 'target below a buy', asked({ takeProfit: price('99') }), '', false),
  deny('DATA_INVALID', 'target above a sell', riskContext({ request: { ...short, takeProfit: price('101') } }), '', false),
  pass('TRADING_STATE', 'active', riskContext()),
  deny('TRADING_STATE', 'paused', trading('paused'), 'after /resume', true),
  deny('TRADING_STATE', 'halted', trading('halted'), 'after /resume', false),
  pass('RECONCILING', 'books agree', riskContext()),
  deny('RECONCILING', 'at start-up', riskContext({ reconciling: true }), 'in a moment', true),
]

const loaded = await loadChecks()
const armed = withDefaults(loaded)
const told: Record<string, string>[] = []

describe('each risk check with its default limits', () => {
  it.each(cases)('$code: $when', ({ code, when, denied, transient, context }) => {
    const check = armed.find((a) => a.check.code === code)
    if (!check) throw new Error(`no check ${code}`)
    const verdict = judgeEntry(context, [check])
    const denial = verdict.approved ? null : verdict.entry.denials[0]
    told.push({ code, when, verdict: denial ? `denied: ${denial.explain}` : 'passes', wouldPass: denial?.wouldPass ?? '' })
    if (denied === null) return expect(denial).toBeNull()
    expect(denial).toMatchObject({ code, wouldPass: denied === '' ? null : denied })
    expect(denial?.explain.length).toBeLessThanOrEqual(80)
    if (transient !== undefined) expect(denial?.transient).toBe(transient)
  })

  it('is shown passing and denying for every check that is loaded', () => {
    for (const { check } of loaded) {
      const own = cases.filter((c) => c.code === check.code)
      expect(
        own.some((c) => c.denied === null),
        `${check.code} passes`,
      ).toBe(true)
      expect(
        own.some((c) => c.denied !== null),
        `${check.code} denies`,
      ).toBe(true)
    }
  })

  it('lets a sound order through all of them together', () => {
    expect(judgeEntry(riskContext(), armed).approved).toBe(true)
  })

  it('never lets an order through when account, quote and listing are all missing', () => {
    const verdict = judgeEntry(riskContext({ account: null, quote: null, security: null }), armed)
    const codes = verdict.approved ? [] : verdict.entry.denials.map((d) => d.code)
    expect(codes).toEqual(expect.arrayContaining(['BUYING_POWER', 'QUOTE_STALE', 'NOT_TRADABLE', 'DATA_INVALID']))
    expect(verdict.approved ? [] : verdict.entry.denials.filter((d) => !d.transient)).toEqual([])
  })

  it('takes a check that throws for a denial', () => {
    const broken = {
      check: {
        code: 'BROKEN',
        tier: 'position',
        limits: armed[0]?.check.limits,
        transient: false,
        evaluate: () => {
          throw new Error('boom')
        },
      },
      limits: {},
    }
    const verdict = judgeEntry(riskContext(), [broken as (typeof armed)[number]])
    expect(verdict).toMatchObject({ approved: false, entry: { denials: [{ code: 'DATA_INVALID' }] } })
  })

  afterAll(() => {
    // SHOW_TABLES=1 prints what each check says, for a reader.
    if (process.env['SHOW_TABLES']) console.table(told)
  })
})
