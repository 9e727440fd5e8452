import type { RiskContext } from '../../../../src/domain/risk/check.ts'
import { noon, riskContext } from '../../../support/samples.ts'
import { bad, type Case, deny, edge, neutral, pass } from './case.ts'

const trading = (state: 'paused' | 'halted') => riskContext({ trading: { ...riskContext().trading, state, cause: 'drill' } })
/** Entries so many seconds ago. */
const entered = (...ages: readonly number[]): RiskContext =>
  riskContext({ recentEntries: ages.map((age) => ({ symbol: 'AMD', side: 'buy', at: noon - age * 1000 })) })
const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50]
const failed = (...minutes: readonly number[]): RiskContext => riskContext({ brokerFailures: minutes.map((age) => noon - age * 60_000) })
const heard = (age: number | null, session: RiskContext['session'] = 'regular'): RiskContext =>
  riskContext({ session, feedHeardAt: age === null ? null : noon - age * 1000 })

export const systemCases: readonly Case[] = [
  pass('CHAT_UNDELIVERABLE', 'somebody can be told', riskContext()),
  edge('CHAT_UNDELIVERABLE', 'nobody for a moment', riskContext({ unreachableMs: 59_999 })),
  deny(
    'CHAT_UNDELIVERABLE',
    'nobody for a minute',
    riskContext({ unreachableMs: 60_000 }),
    'when a chat is back, or the console open',
    true,
  ),
  pass('TRADING_STATE', 'active', riskContext()),
  deny('TRADING_STATE', 'paused', trading('paused'), 'after /resume', true),
  deny('TRADING_STATE', 'halted', trading('halted'), 'after /resume', false),
  pass('RECONCILING', 'books agree', riskContext()),
  deny('RECONCILING', 'at start-up', riskContext({ reconciling: true }), 'in a moment', true),
  bad(
    'CHAT_UNDELIVERABLE',
    'for a time that is none',
    riskContext({ unreachableMs: Number.NaN }),
    'when a chat is back, or the console open',
  ),

  pass('ORDER_RATE', 'nothing lately', riskContext()),
  edge('ORDER_RATE', 'the tenth', entered(...ten.slice(1))),
  deny('ORDER_RATE', 'the eleventh', entered(...ten), 'in 10 s', true),
  edge('ORDER_RATE', 'ten, the first of them 60 s ago', entered(...ten.slice(0, 9), 60)),
  bad('ORDER_RATE', 'from the future', entered(...ten.slice(0, 9), -5), 'in 51 s'),
  bad('ORDER_RATE', 'at times that are none', entered(...ten.map(() => Number.NaN)), 'in 60 s'),

  pass('BROKER_ERRORS', 'none', riskContext()),
  edge('BROKER_ERRORS', 'two', failed(1, 2)),
  deny('BROKER_ERRORS', 'three', failed(4, 2, 1), 'in 1 min, if it answers', true),
  edge('BROKER_ERRORS', 'three, the first 5 min ago', failed(5, 2, 1)),
  bad('BROKER_ERRORS', 'at times that are none', failed(Number.NaN, Number.NaN, Number.NaN), 'in 5 min, if it answers'),

  pass('DATA_STALE', 'a second ago', riskContext()),
  edge('DATA_STALE', '59.999 s', heard(59.999)),
  deny('DATA_STALE', '60 s', heard(60), 'when the feed is back', true),
  neutral('DATA_STALE', 'silent outside of the session', heard(3_600, 'post')),
  bad('DATA_STALE', 'nothing yet', heard(null), '', true),
  bad('DATA_STALE', 'at a time that is none', heard(Number.NaN), 'when the feed is back'),

  pass('LIVE_NOT_ENABLED', 'simulated', riskContext()),
  pass('LIVE_NOT_ENABLED', 'paper', riskContext({ mode: 'paper' })),
  pass('LIVE_NOT_ENABLED', 'live and enabled', riskContext({ mode: 'live', liveEnabled: true })),
  deny('LIVE_NOT_ENABLED', 'live and not enabled', riskContext({ mode: 'live' }), 'after live trading is enabled', false),
]
