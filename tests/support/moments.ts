import type { Broker } from '../../src/ports/broker.ts'
import type { Chat } from '../../src/ports/chat.ts'
import type { EventStore, Transaction } from '../../src/ports/event-store.ts'

/** A point of the loop: a commit that holds an event, a call to the broker, or a message to a chat. `amid`: at an event, its transaction half written. */
export interface Moment {
  readonly when: 'before' | 'amid' | 'after'
  readonly what: string
}

const events = [
  'AlertReceived',
  'ProposalOffered',
  'ProposalApproved',
  'ProposalDeclined',
  'OrderPrepared',
  'OrderSubmitted',
  'OrderAccepted',
  'OrderAdopted',
  'OrderActivated',
  'OrderFilled',
  'PositionOpened',
  'PositionClosed',
  'TradingHalted',
  'ProposalVoided',
  'OrderCancelRequested',
  'OrderCanceled',
  'TradingResumed',
  'PortfolioMarked',
]
/** "after submitEntry" is accepted at the broker and not written down here. */
const calls = ['submitEntry', 'submitReducing', 'cancel', 'deliver']

export const everyMoment: readonly Moment[] = [...events, ...calls].flatMap((what) => [
  { when: 'before', what },
  { when: 'after', what },
])
export const momentName = ({ when, what }: Moment): string => `${when} ${what}`

export interface Wrap {
  readonly store: (store: EventStore) => EventStore
  readonly broker: (broker: Broker) => Broker
  readonly chat: (chat: Chat) => Chat
}

/**
 * Does something drastic when the bot gets to a moment. Before a commit means: everything was sent to the database but the commit.
 * @param current the moment that is waited for now; null: none.
 */
export function at(current: () => Moment | null, strike: () => void): Wrap {
  const isHere = (when: Moment['when'], what: string) => current()?.when === when && current()?.what === what
  const around = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    if (isHere('before', what)) strike()
    const result = await call()
    if (isHere('after', what)) strike()
    return result
  }
  return {
    store(store) {
      store.onCommitted((committed) => {
        if (committed.some(({ event }) => isHere('after', event.type))) strike()
      })
      const transact: EventStore['transact'] = (meta, work) =>
        store.transact(meta, async (tx) => {
          const appended = new Set<string>()
          const append: Transaction['append'] = (stream, added) => {
            for (const { type } of added) appended.add(type)
            if (added.some(({ type }) => isHere('amid', type))) strike()
            return tx.append(stream, added)
          }
          const result = await work({ ...tx, append })
          if ([...appended].some((type) => isHere('before', type))) {
            await tx.flush()
            strike()
          }
          return result
        })
      return { ...store, transact }
    },
    broker: (broker) => ({
      ...broker,
      submitEntry: (entry, permit) => around('submitEntry', () => broker.submitEntry(entry, permit)),
      submitReducing: (order, permit) => around('submitReducing', () => broker.submitReducing(order, permit)),
      cancel: (id) => around('cancel', () => broker.cancel(id)),
      replace: (id, change, permit) => around('replace', () => broker.replace(id, change, permit)),
      openOrders: () => around('openOrders', () => broker.openOrders()),
      ordersSince: (time) => around('ordersSince', () => broker.ordersSince(time)),
      activitiesSince: (time) => around('activitiesSince', () => broker.activitiesSince(time)),
      positions: () => around('positions', () => broker.positions()),
    }),
    // The pinned line goes out at every start, before anything else could.
    chat: (chat) => ({
      ...chat,
      deliver: (card, message) =>
        card.kind === 'status' ? chat.deliver(card, message) : around('deliver', () => chat.deliver(card, message)),
    }),
  }
}
