import { text } from '../../domain/decimal.ts'
import type { Fill, Order } from '../../domain/order.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { Broker, BrokerExecution } from '../../ports/broker.ts'
import type { OutboxMessage } from '../../ports/event-store.ts'
import { clip, notice } from '../card.ts'
import type { Trouble } from '../page-people.ts'
import type { HaltProgress } from '../watch-halt.ts'

const trade = ({ side, symbol }: Order, shares: Order['quantity']): string => `${side} ${text(shares)} ${symbol}`

/** A word that nobody here knows: what the order does is unclear, and nothing more is bought in its symbol. */
export const unrecognizedNotice = (order: Order, mode: Broker['mode']): OutboxMessage =>
  notice(`unrecognized-${order.id}-${order.statusWord}`, mode, {
    event: 'critical',
    tone: 'bad',
    title: `${order.symbol}: what is its order doing?`,
    lines: [
      `The broker calls it "${clip(order.statusWord ?? '', 40)}", a word not known here.`,
      `No entries in ${order.symbol} until it is clear. Look at the broker's page.`,
    ],
    facts: [
      { label: 'Order', value: trade(order, order.quantity) },
      { label: 'Filled', value: text(order.filledQuantity) },
    ],
    buttons: [{ id: `why:${order.id}`, label: 'Why', style: 'plain' }],
  })

/** The broker took an execution back, or changed it. */
export const correctionNotice = (order: Order, was: Fill, is: BrokerExecution | null, mode: Broker['mode']): OutboxMessage =>
  notice(`correction-${order.id}-${was.executionId}`, mode, {
    event: 'state',
    tone: 'warning',
    title: `Taken back: ${trade(order, was.quantity)}`,
    lines: [is === null ? 'The broker busted this trade: it never happened.' : 'The broker corrected this trade.'],
    facts: [
      { label: 'Was', value: `${text(was.quantity)} at ${priceText(was.price)}` },
      { label: 'Is', value: is === null ? 'nothing' : `${text(is.quantity)} at ${priceText(is.price)}`, emphasis: true },
    ],
    buttons: [{ id: `why:${order.id}`, label: 'Why', style: 'plain' }],
  })

/** Trouble that a person has to look at. @param at told anew, as a message of its own, as long as it lasts. */
export const troubleNotice = ({ key, title, lines, buttons }: Trouble, at: number, mode: Broker['mode']): OutboxMessage =>
  notice(`trouble-${key}-${at}`, mode, { event: 'critical', tone: 'bad', title, lines, buttons })

/** How far a halt has come: one message, rewritten until it is done. */
export const haltProgress = (epoch: number, { done, title, lines }: HaltProgress, mode: Broker['mode']): OutboxMessage =>
  notice(`halt-${epoch}`, mode, {
    event: 'state',
    tone: done ? 'neutral' : 'bad',
    title,
    lines,
    buttons: done ? [] : [{ id: 'flatten:all', label: 'Flatten all', style: 'danger' }],
  })
