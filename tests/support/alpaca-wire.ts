import { text, usd, zero } from '../../src/domain/decimal.ts'
import type { Broker, BrokerUpdate, SubmitResult } from '../../src/ports/broker.ts'
import { type EmulatedOrder, isOpen } from '../emulators/alpaca/records.ts'
import type { TradeUpdateMessage } from '../emulators/alpaca/trade-stream.ts'
import { orderView, stamp } from '../emulators/alpaca/views.ts'
import type { AlpacaEmulator } from '../emulators/alpaca.ts'
import type { Fate } from './case-world.ts'

const orders = /^\/v2\/orders/

export const placements = ({ requests }: AlpacaEmulator) =>
  requests.filter(({ method, path }) => (method === 'POST' || method === 'PATCH') && orders.test(path))

/** Knows what was told on the stream and not yet taken in. */
export function createEars(alpaca: AlpacaEmulator, open: () => boolean) {
  const { told } = alpaca.trades
  const taken = new Map<string, number>()
  let from = 0
  let copies = 1
  const lastOf = ({ event, event_id }: TradeUpdateMessage): string => {
    const says = event === 'fill' || event === 'partial_fill' ? 'execution' : event.startsWith('trade_') ? 'correction' : 'order'
    return `${String(event_id)}:${says}`
  }
  return {
    listen:
      (listener: Parameters<Broker['connect']>[0]): Parameters<Broker['connect']>[0] =>
      async (update, received) => {
        try {
          await listener(update, received)
        } finally {
          if (received) taken.set(received.key, (taken.get(received.key) ?? 0) + 1)
        }
      },
    /** What was told so far need not be heard any more. */
    forget() {
      from = told.length
    },
    expect(times: number) {
      copies = times
    },
    async heard(): Promise<void> {
      if (!open()) return
      const here = await alpaca.until(() => told.slice(from).every((message) => (taken.get(lastOf(message)) ?? 0) >= copies))
      if (!here) throw new Error('something that was told on the stream was not heard')
    },
  }
}

export interface Between {
  take(): Fate | null
  later(act: () => Promise<void>): void
  /** Whether the stream says nothing of what happens now. */
  mute(quiet: boolean): void
}
/** What an order meets on its way. */
export function wire(alpaca: AlpacaEmulator, { take, later, mute }: Between) {
  return async (method: 'POST' | 'PATCH', clientOrderId: string, submit: () => Promise<SubmitResult>): Promise<SubmitResult> => {
    const match = { method, path: orders }
    switch (take()) {
      case null:
        return submit()
      case 'answer_lost':
        alpaca.faults.drop({ ...match, when: 'after' })
        mute(true)
        return submit().finally(() => mute(false))
      case 'never_arrives':
        alpaca.faults.drop(match)
        return submit()
      case 'arrives_late': {
        alpaca.faults.drop(match)
        const result = await submit()
        const request = placements(alpaca).at(-1)
        later(() => sendAgain(alpaca, request?.body))
        return result
      }
      case 'frozen_before_the_socket':
        await new Promise<void>((thaw) => later(async () => thaw()))
        return submit()
      case 'filled_before_the_answer': {
        alpaca.faults.slow(100, { ...match, when: 'after' })
        const answer = submit()
        await alpaca.until(() => alpaca.orders().some((order) => order.clientOrderId === clientOrderId))
        alpaca.world.fillOrder(clientOrderId)
        return answer
      }
    }
  }
}

/** A request that hung somewhere on its way arrives after all. */
async function sendAgain({ access }: AlpacaEmulator, body: unknown): Promise<void> {
  const keys = { 'apca-api-key-id': access.APCA_API_KEY_ID, 'apca-api-secret-key': access.APCA_API_SECRET_KEY }
  const headers = { ...keys, 'content-type': 'application/json' }
  const answer = await fetch(`${access.APCA_API_BASE_URL}/v2/orders`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`what arrived late was refused: ${await answer.text()}`)
}

/** Makes true at Alpaca what a case tells, which tells it on the wire. */
export function happen(alpaca: AlpacaEmulator, update: BrokerUpdate): 'on the stream' | 'in the records' {
  const { world, book } = alpaca
  switch (update.type) {
    case 'order': {
      const order = book.find(update.order.brokerOrderId)
      if (!isOpen(order)) forge(alpaca, order, update.order.statusWord)
      else if (update.order.status === 'expired') world.expireOrder(order.id)
      else if (update.order.status === 'canceled') world.manualCancel(order.id)
      else throw new Error(`no case tells ${update.order.status}`)
      return 'on the stream'
    }
    case 'execution': {
      const { brokerOrderId, quantity: shares, price: at } = update.execution
      world.fillOrder(brokerOrderId, { quantity: text(shares), price: text(at) })
      return 'on the stream'
    }
    case 'correction': {
      const wrong = [...book.executions.values()].findLast((e) => e.orderId === update.brokerOrderId && !e.undone)
      if (!wrong) throw new Error('nothing to correct')
      if (update.replacement === null) world.bust(wrong.executionId)
      else world.correct(wrong.executionId, { price: text(update.replacement.price), quantity: text(update.replacement.quantity) })
      return 'on the stream'
    }
    case 'split':
      world.split(update.symbol, update.ratio)
      return 'in the records'
    case 'fee': {
      const known = book.activities.some(({ wire: { description } }) => description === update.id)
      const facts = { type: 'FEE', subType: 'TAF', netAmount: text(usd(zero.minus(update.amount).toFixed())), description: update.id }
      if (!known) world.nonTrade({ ...facts, ...(update.symbol === null ? {} : { symbol: update.symbol }) })
      return 'in the records'
    }
  }
}

/** Says something that is not so. */
function forge({ trades, book, world }: AlpacaEmulator, order: EmulatedOrder, word: string): void {
  const at = stamp(world.now())
  const view = { ...orderView(order, book.legsOf(order), book.assetOf(order.symbol)), status: word }
  trades.forge({ event: word, event_id: `01FORGED${order.id}`, at, timestamp: at, order: view })
}
