import { approximate, text } from '../../domain/decimal.ts'
import type { Position } from '../../domain/position.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { TradingState } from '../../domain/trading-state.ts'
import type { Broker } from '../../ports/broker.ts'
import type { EventMeta, OutboxMessage } from '../../ports/event-store.ts'
import { clockTime, count, notice } from '../card.ts'
import { positionView } from '../views.ts'

const headlines: { readonly [K in TradingState['state']]: { readonly title: string; readonly line: string } } = {
  active: { title: 'Trading is active again', line: 'New entries are allowed.' },
  paused: { title: 'Paused: no new entries', line: 'Exits, stops and flatten keep working. Back: /resume by an approver.' },
  halted: {
    title: 'HALTED: no new entries',
    line: 'Working entries are being canceled; protective stops stay. Back: /resume <reason> by a risk officer.',
  },
}

const modeLines: { readonly [K in TradingState['mode']]: string } = {
  supervised: 'Every entry waits for a person.',
  autonomous: 'Entries that pass every risk check are sent without asking.',
}

/** Tells everybody that trading was paused, halted, resumed, or changed its mode. */
export function stateNotice(
  trading: TradingState,
  meta: EventMeta,
  mode: Broker['mode'],
  nameOf: (id: string) => string = (id) => id,
): OutboxMessage {
  const by = nameOf(meta.actor)
  // Every change of the state itself is stamped with its time; a change of mode leaves that stamp alone.
  const modeOnly = trading.since !== meta.occurredAt
  const { title, line } = modeOnly ? { title: `Mode: ${trading.mode}`, line: modeLines[trading.mode] } : headlines[trading.state]
  return notice(`state-${meta.correlationId}`, mode, {
    event: trading.state === 'halted' && !modeOnly ? 'critical' : 'state',
    tone: trading.state === 'active' ? 'good' : trading.state === 'paused' ? 'warning' : 'bad',
    title,
    lines: [line, ...(trading.cause === null ? [] : [`Cause: ${trading.cause}`])],
    facts: [
      { label: 'By', value: by },
      { label: 'At', value: `${clockTime(meta.occurredAt)} ET` },
      { label: 'Mode', value: trading.mode },
    ],
    pushText: `${title} (by ${by})`,
    buttons: trading.state === 'halted' ? [{ id: 'flatten:all', label: 'Flatten all', style: 'danger' }] : [],
  })
}

/** Breaks through whatever is muted: shares that no stop guards. */
export function unprotectedNotice(position: Position, reason: string, mode: Broker['mode']): OutboxMessage {
  const title = `UNPROTECTED: ${count(approximate(position.quantity), 'share')} of ${position.symbol} without a stop`
  return notice(`unprotected-${position.id}`, mode, {
    event: 'critical',
    tone: 'bad',
    title,
    lines: [reason, 'It is tried again until it holds. To close the position now: Flatten.'],
    facts: [
      { label: 'Position', value: `${position.side} ${text(position.quantity)} at ${priceText(position.entryPrice)}` },
      { label: 'Stop', value: position.stopLoss === null ? 'none' : priceText(position.stopLoss) },
    ],
    buttons: [{ id: `flatten:${position.id}`, label: `Close ${position.symbol}`, style: 'danger' }],
    data: positionView(position, null),
  })
}
