import { createSimulatedBroker } from '../../src/adapters/brokers/simulated.ts'
import { quantity } from '../../src/domain/decimal.ts'
import type { Broker, BrokerUpdate, SubmitResult } from '../../src/ports/broker.ts'
import type { Card } from '../../src/ports/chat.ts'
import type { EventStore } from '../../src/ports/event-store.ts'
import type { Outbox } from '../../src/ports/outbox.ts'
import { memoryStore } from '../adapters/memory-store.ts'
import { silentLog } from './database.ts'
import { type Desk, deskMarket, deskSettings, openDesk } from './desk.ts'
import { memoryBooks } from './memory-books.ts'

/** One thing that a person, the market or fate does. */
export interface Deed {
  readonly kind:
    | 'alert'
    | 'approve'
    | 'approve_twice'
    | 'close'
    | 'half'
    | 'move_stop'
    | 'kill'
    | 'flatten'
    | 'resume'
    | 'trade'
    | 'pass'
    | 'tend'
    | 'reconcile'
    | 'crash'
  readonly which: number
}

export interface Schedule {
  readonly deeds: readonly Deed[]
  /** What goes wrong, one after the other, 0..99 each; a hundred is fair weather. */
  readonly weather: readonly number[]
  /** Whether an order that a look-up does not find certainly never arrived. */
  readonly final: boolean
  readonly partial: number
}

const symbols = ['ACME', 'BETA', 'CORE'] as const
const fair = 100
class Died extends Error {}

/** One process: whatever it still does after its death comes to nothing. */
interface Life {
  dead: boolean
  readonly death: Promise<'died'>
  die(): void
}
function newLife(): Life {
  let end: (how: 'died') => void = () => undefined
  const death = new Promise<'died'>((resolve) => {
    end = resolve
  })
  const life: Life = {
    dead: false,
    death,
    die() {
      life.dead = true
      end('died')
    },
  }
  return life
}
const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

/** A bot on books in memory, a broker that outlives it, and everything between the two that can go wrong. */
export class Storm {
  readonly market = deskMarket()
  readonly books = memoryBooks()
  /** What the chat was told by all processes, in order. */
  readonly told: Card[] = []
  broker!: Broker
  desk!: Desk
  lives = 0
  #life: Life = newLife()
  #healed = false
  #sheltered = false
  #drawn = 0
  /** What is on its way to the broker, or from it, and when it gets there. */
  #onTheWay: { readonly due: number; readonly arrive: () => Promise<void> }[] = []
  #listening: { readonly life: Life; readonly hear: (update: BrokerUpdate) => Promise<void> } | null = null
  readonly schedule: Schedule

  constructor(schedule: Schedule) {
    this.schedule = schedule
  }

  async begin(): Promise<void> {
    const simulation = { partial_fill_rate: this.schedule.partial, reject_rate: 0, latency_ms: 0 }
    const settings = await deskSettings({ simulation })
    const { data, clock } = this.market
    this.broker = await createSimulatedBroker({ feed: data, clock, store: memoryStore(), settings: () => settings, log: silentLog })
    await this.broker.connect(async (update) => this.#deliver(update))
    await this.live()
  }

  /** The next misfortune. */
  #dice(): number {
    if (this.#healed || this.#sheltered) return fair
    const { weather } = this.schedule
    return weather.length === 0 ? fair : (weather[this.#drawn++ % weather.length] ?? fair)
  }

  /** Starts processes until one of them lives through its start. */
  async live(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      // However bad the weather, somebody gets it started in the end.
      this.#sheltered = attempt > 3
      const life = newLife()
      this.#life = life
      this.lives += 1
      const started = openDesk(
        { ...this.books, store: this.#store(life), outbox: this.#outbox(life) },
        {
          market: this.market,
          broker: this.broker,
          cards: this.told,
          wrapBroker: (broker) => this.#faulty(broker, life),
          settings: { risk: { duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 } } },
        },
      )
      const desk = await Promise.race([started.catch(() => 'failed' as const), life.death])
      if (typeof desk !== 'string') {
        this.desk = desk
        this.#sheltered = false
        return
      }
      life.die()
    }
  }

  /** @returns whether the process lived through it. */
  async through(work: () => Promise<unknown>): Promise<boolean> {
    const life = this.#life
    // An error of one call is the caller's to hear of; the books are what is looked at.
    const done = work().then(
      () => 'done' as const,
      () => 'done' as const,
    )
    await Promise.race([done, life.death])
    await Promise.race([this.desk.app.settled(), life.death])
    await this.#arrivals()
    if (!life.dead) return true
    await this.live()
    return false
  }

  crash(): void {
    this.#life.die()
  }

  heal(): void {
    this.#healed = true
  }

  async #arrivals(all = false): Promise<void> {
    const now = this.market.clock.now()
    const due = this.#onTheWay.filter((one) => all || one.due <= now)
    this.#onTheWay = this.#onTheWay.filter((one) => !due.includes(one))
    for (const { arrive } of due) await arrive()
  }
  arriveAll = (): Promise<void> => this.#arrivals(true)

  async #deliver(update: BrokerUpdate): Promise<void> {
    const dice = this.#dice()
    if (dice < 14) return
    if (dice < 28) {
      this.#onTheWay.push({ due: this.market.clock.now() + dice * 1_000, arrive: () => this.#hand(update) })
      return
    }
    await this.#hand(update)
    if (dice < 42) await this.#hand(update)
  }
  async #hand(update: BrokerUpdate): Promise<void> {
    if (!this.#listening) return
    const { life, hear } = this.#listening
    // What could not be written down is lost for now: the broker's records still have it.
    if (!life.dead) await Promise.race([hear(update).catch(() => undefined), life.death])
  }

  #store(life: Life): EventStore {
    const { store } = this.books
    return {
      transact: async (meta, work) => {
        if (life.dead) return never()
        try {
          const result = await store.transact(meta, async (tx) => {
            const value = await work(tx)
            const dice = this.#dice()
            if (dice === 50) life.die()
            if (dice === 48) throw new Error('the database is gone')
            if (life.dead) throw new Died()
            return { value, dice }
          })
          if (result.dice === 51) life.die()
          if (result.dice === 49) throw new Error('the database went away while it committed')
          return life.dead ? never() : result.value
        } catch (error) {
          if (life.dead) return never()
          throw error
        }
      },
      onCommitted: (listener) => store.onCommitted((events) => (life.dead ? undefined : listener(events))),
    }
  }

  #outbox(life: Life): Outbox {
    const { outbox } = this.books
    return {
      ...outbox,
      pending: async (...args) => {
        if (life.dead) return never()
        const messages = await outbox.pending(...args)
        return life.dead ? never() : messages
      },
      delivered: (message, reference) => {
        if (life.dead) return never()
        return outbox.delivered(message, reference)
      },
    }
  }

  #faulty(broker: Broker, life: Life): Broker {
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      if (life.dead) return never()
      const dice = this.#dice()
      if (dice === 52) life.die()
      if (life.dead) return never()
      const result = await work()
      if (dice === 53) life.die()
      return life.dead ? never() : result
    }
    const send = (submit: () => Promise<SubmitResult>): Promise<SubmitResult> =>
      call(async () => {
        const dice = this.#dice()
        if (dice < 8) throw new Error('the line went dead')
        if (dice < 16 && !this.schedule.final) {
          const due = this.market.clock.now() + dice * 6_000
          this.#onTheWay.push({ due, arrive: async () => void (await submit()) })
          throw new Error('no answer')
        }
        const result = await submit()
        if (dice < 26) throw new Error('the answer was lost')
        return result
      })
    const listing = <T>(ask: () => Promise<T>): Promise<T> =>
      call(async () => {
        if (this.#dice() < 8) throw new Error('503')
        return ask()
      })
    return {
      ...broker,
      lookupsAreFinal: this.schedule.final,
      connect: async (listener) => {
        this.#listening = { life, hear: (update) => listener(update, null) }
      },
      disconnect: async () => undefined,
      connected: () => true,
      submitEntry: (entry) => send(() => broker.submitEntry(entry)),
      submitReducing: (order) => send(() => broker.submitReducing(order)),
      replace: (id, change) => send(() => broker.replace(id, change)),
      cancel: (id) =>
        call(async () => {
          const dice = this.#dice()
          if (dice < 8) throw new Error('busy')
          if (dice >= 14) await broker.cancel(id)
        }),
      orderByClientId: (id) =>
        listing(async () => {
          // A look-up may lag behind what was accepted.
          if (!this.schedule.final && this.#dice() < 14) return null
          return broker.orderByClientId(id)
        }),
      openOrders: () => listing(() => broker.openOrders()),
      ordersSince: (at) => listing(() => broker.ordersSince(at)),
      activitiesSince: (at) => listing(() => broker.activitiesSince(at)),
      positions: () => listing(() => broker.positions()),
    }
  }

  async do({ kind, which }: Deed): Promise<void> {
    const { app } = this.desk
    const symbol = symbols[which % symbols.length] ?? 'ACME'
    const by = this.desk.by()
    switch (kind) {
      case 'alert':
        return void (await this.through(() => this.desk.alert({ symbol, sourceId: `s-${this.books.events().length}-${which}` })))
      case 'approve':
      case 'approve_twice': {
        const open = await this.books.read.openProposals()
        const card = open[which % Math.max(1, open.length)]
        if (!card) return
        const tap = () => app.approve(card.id, { version: card.terms.version }, by)
        return void (await this.through(() => (kind === 'approve' ? tap() : Promise.all([tap(), tap()]))))
      }
      case 'close':
      case 'half':
      case 'move_stop': {
        const held = await this.books.read.openPositions()
        const position = held[which % Math.max(1, held.length)]
        if (!position) return
        if (kind === 'close') return void (await this.through(() => app.closePosition(position.id, 'manual', by)))
        if (kind === 'half') return void (await this.through(() => app.closeHalf(position.id, null, by)))
        const stop = position.stopLoss?.plus(quantity('0.5'))
        return void (stop && (await this.through(() => app.moveStop(position.id, stop, by))))
      }
      case 'kill':
        return void (await this.through(() => app.kill('drill', by)))
      case 'flatten':
        return void (await this.through(() => app.flatten('kill', by)))
      case 'resume':
        return void (await this.through(() => app.resume('on we go', by)))
      case 'trade': {
        const at = 100 + ((which % 17) - 8)
        const available = [10_000, 10_000, 15, 3][which % 4] ?? 0
        return void (await this.through(() => this.market.trade(symbol, which % 3 === 0 ? null : at.toFixed(2), available)))
      }
      case 'pass':
        return void (await this.through(() => this.market.pass(1 + (which % 45))))
      case 'tend':
        return void (await this.through(() => app.tendOrders()))
      case 'reconcile':
        return void (await this.through(() => app.reconcile()))
      case 'crash':
        this.crash()
        return this.live()
    }
  }

  /** Fair weather for as long as anything may take: what is still wrong after that stays wrong. */
  async calm(): Promise<void> {
    this.heal()
    await this.arriveAll()
    for (let round = 0; round < 12; round++) {
      await this.through(() => this.market.pass(7))
      await this.through(() => this.desk.app.expireProposals())
      await this.through(() => this.desk.app.tendOrders())
      await this.through(() => this.desk.app.reconcile())
      for (const symbol of symbols) await this.through(() => this.market.trade(symbol))
      await this.through(() => this.desk.app.tendOrders())
    }
    await this.through(async () => this.desk.app.deliver())
  }
}
