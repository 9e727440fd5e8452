import type { TradingState } from '../../domain/trading-state.ts'
import type { Broker } from '../../ports/broker.ts'
import type { Card } from '../../ports/chat.ts'
import type { OutboxMessage } from '../../ports/event-store.ts'
import type { AccountSummary } from '../app.ts'
import { card, clockTime, dollars, signed } from '../card.ts'

const key = 'status:line'

/** Says that the state changed, or that time passed. It is drawn when it is sent. */
export const statusMessage: OutboxMessage = { cardKey: key, card: null, mention: [] }
export const isStatus = (cardKey: string): boolean => cardKey === key

/** Real seconds between two beats. */
export const beatSeconds = 60

export interface StatusFacts {
  readonly trading: TradingState
  /** Null: the broker does not answer. */
  readonly account: AccountSummary | null
  readonly pending: number
  /** ISO, running clock. */
  readonly at: string
}

/** The one line that stays pinned. When its time is old, nobody is at the wheel. */
export function statusCard({ trading, account, pending, at }: StatusFacts, mode: Broker['mode']): Card {
  return card(key, 'status', mode, {
    tone: trading.state === 'active' ? 'good' : trading.state === 'paused' ? 'warning' : 'bad',
    title: `${stateWords(trading)}, ${trading.mode}`,
    lines: [
      ...(trading.state === 'active' || trading.cause === null ? [] : [`Cause: ${trading.cause}`]),
      `alive ${clockTime(at).slice(0, 5)}, next beat within ${beatSeconds} s`,
    ],
    facts: [
      { label: 'Equity', value: account === null ? 'unknown: no answer' : dollars(account.equity), emphasis: true },
      { label: 'Today', value: account === null ? 'unknown' : signed(account.dayPnl) },
      { label: 'Open', value: account === null ? 'unknown' : String(account.openPositions) },
      { label: 'Pending', value: String(pending) },
    ],
  })
}

/** Beside the bot's name. */
export const presenceWords = (trading: TradingState, mode: Broker['mode']): string =>
  `${mode === 'live' ? '🔴 LIVE' : mode.toUpperCase()} ${stateWords(trading)}`

const stateWords = ({ state }: TradingState): string => (state === 'active' ? 'Active' : state.toUpperCase())
