import { Readable } from 'node:stream'
import { text } from '../domain/decimal.ts'
import type { Role } from '../domain/people.ts'
import type { Actor, Card } from '../ports/chat.ts'
import { isoNow } from '../ports/clock.ts'
import type { StoredEvent } from '../ports/event-store.ts'
import type { Quote } from '../ports/market-data.ts'
import type { App } from './app.ts'
import { proposalWithCompany } from './company.ts'
import { feedLines } from './feed.ts'
import type { Operations } from './operations.ts'
import { personalState, type SharedState, stateView } from './state-view.ts'
import { orderView, positionView } from './views.ts'

/** What happens, as it happens, for everyone who watches (server-sent events). */
export interface Live {
  /** A stream for one watcher, or null when there are too many already. */
  watch(actor: Actor, role: Role | null): Readable | null
  /** Shows a message; watchers who come later see the newest few. */
  show(card: Card): void
  watching(): number
  /** Ends every stream. */
  close(): void
}

interface Watcher {
  readonly stream: Readable
  readonly actor: Actor
  readonly role: Role | null
}
interface Dirty {
  readonly proposals: Set<string>
  readonly positions: Set<string>
  readonly orders: Set<string>
  events: StoredEvent[]
  state: boolean
}

/** Real milliseconds: what is new leaves at most this late, and at most this often. */
const tick = 250
const stateEvery = 2_000
const pingEvery = 5_000
const mostWatchers = 64
/** A watcher who is this far behind is let go; the page connects again and reads afresh. */
const mostUnsentBytes = 512 * 1024
const keptCards = 50
/** Beyond this many unsent events watchers miss feed lines rather than the process its memory. */
const mostUnsentEvents = 1_000

/** The work is done once for all watchers, and not at all while there are none. */
export function createLive(app: App, operations: Omit<Operations, 'live'>): Live {
  const watchers = new Set<Watcher>()
  const cards = new Map<string, Card>()
  const quotes = new Map<string, Quote>()
  let dirty = nothing()
  let timer: NodeJS.Timeout | null = null
  let stateAt = 0
  let pingAt = 0

  const forget = (watcher: Watcher) => {
    watchers.delete(watcher)
    app.status.watchers = watchers.size
  }
  const drop = (watcher: Watcher) => {
    forget(watcher)
    watcher.stream.destroy()
  }
  const write = (watcher: Watcher, frame: string) => {
    watcher.stream.push(frame)
    if (watcher.stream.readableLength <= mostUnsentBytes) return
    app.log.warn({ actor: watcher.actor.id, unsent: watcher.stream.readableLength }, 'a live stream fell behind and was ended')
    drop(watcher)
  }
  const send = (event: string, data: unknown) => {
    const frame = encode(event, data)
    for (const watcher of watchers) write(watcher, frame)
  }
  const sendState = (shared: SharedState) => {
    for (const w of watchers) write(w, encode('state', personalState(shared, w.actor, w.role)))
  }

  async function round(): Promise<void> {
    const now = Date.now()
    const todo = dirty
    dirty = nothing()
    await sendChanges(app, todo, send)
    const changed = await changedQuotes(app, quotes)
    if (changed.length > 0) send('quotes', changed.map(quoteView))
    if (todo.state || now - stateAt >= stateEvery) {
      stateAt = now
      sendState(await stateView(app, operations))
    }
    if (now - pingAt >= pingEvery) {
      pingAt = now
      send('ping', { now: isoNow(app.clock) })
    }
  }
  const schedule = () => {
    timer = setTimeout(() => {
      round()
        .catch((error: unknown) => {
          // What this round carried is lost, so nobody may go on as if it had arrived: the page reads afresh on connecting again.
          app.log.error({ err: error }, 'the live streams missed something and were ended')
          for (const watcher of [...watchers]) drop(watcher)
        })
        .finally(() => (watchers.size > 0 ? schedule() : rest()))
    }, tick)
    timer.unref()
  }
  const rest = () => {
    timer = null
    dirty = nothing()
    quotes.clear()
  }

  const unsubscribe = app.store.onCommitted((events) => {
    if (watchers.size > 0) for (const stored of events) note(dirty, stored)
  })

  return {
    watch(actor, role) {
      if (watchers.size >= mostWatchers) return null
      const stream = new Readable({ read: () => undefined, highWaterMark: mostUnsentBytes })
      const watcher: Watcher = { stream, actor, role }
      stream.on('close', () => forget(watcher))
      watchers.add(watcher)
      app.status.watchers = watchers.size
      write(watcher, `retry: 2000\n\n${encode('ping', { now: isoNow(app.clock) })}`)
      for (const card of cards.values()) write(watcher, encode('card', card))
      // A newcomer must see the state and every quote at once, not at the next change.
      dirty.state = true
      quotes.clear()
      if (timer === null) schedule()
      return stream
    },
    show(card) {
      if (card.kind === 'proposal') return send('proposal', card.data)
      cards.delete(card.key)
      cards.set(card.key, card)
      for (const oldest of cards.keys()) {
        if (cards.size <= keptCards) break
        cards.delete(oldest)
      }
      send('card', card)
    },
    watching: () => watchers.size,
    close() {
      unsubscribe()
      if (timer) clearTimeout(timer)
      for (const watcher of [...watchers]) {
        forget(watcher)
        watcher.stream.push(null)
      }
    },
  }
}

const nothing = (): Dirty => ({ proposals: new Set(), positions: new Set(), orders: new Set(), events: [], state: false })

const encode = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

function note(dirty: Dirty, stored: StoredEvent): void {
  dirty.state = true
  if (stored.kind === 'proposal') dirty.proposals.add(stored.streamId)
  if (stored.kind === 'position') dirty.positions.add(stored.streamId)
  if (stored.kind === 'order') dirty.orders.add(stored.streamId)
  if (dirty.events.length < mostUnsentEvents) dirty.events.push(stored)
}

async function sendChanges(app: App, dirty: Dirty, send: (event: string, data: unknown) => void): Promise<void> {
  for (const id of dirty.proposals) {
    const proposal = await app.read.proposal(id)
    if (proposal) send('proposal', await proposalWithCompany(app.read, proposal))
  }
  for (const id of dirty.orders) {
    const order = await app.read.order(id)
    if (order) send('order', orderView(order))
  }
  for (const id of dirty.positions) {
    const position = await app.read.position(id)
    if (!position) continue
    const quote = position.status === 'open' ? await app.market.quote(position.symbol) : null
    send('position', positionView(position, quote?.last ?? null))
  }
  for (const line of await feedLines(app.read, dirty.events)) send('event', line)
}

/** Quotes of what is open that differ from those sent before; `known` is brought up to date. */
async function changedQuotes(app: App, known: Map<string, Quote>): Promise<readonly Quote[]> {
  const [positions, proposals] = await Promise.all([app.read.openPositions(), app.read.openProposals()])
  const symbols = [...new Set([...positions, ...proposals].map((p) => p.symbol))]
  const changed: Quote[] = []
  for (const quote of await app.market.quotes(symbols)) {
    if (quote === null || same(known.get(quote.symbol), quote)) continue
    known.set(quote.symbol, quote)
    changed.push(quote)
  }
  const wanted = new Set(symbols)
  for (const symbol of known.keys()) if (!wanted.has(symbol)) known.delete(symbol)
  return changed
}

const same = (a: Quote | undefined, b: Quote): boolean =>
  a !== undefined && a.at === b.at && a.bid.eq(b.bid) && a.ask.eq(b.ask) && a.last.eq(b.last)

const quoteView = (q: Quote) => ({
  symbol: q.symbol,
  bid: text(q.bid),
  ask: text(q.ask),
  last: text(q.last),
  at: new Date(q.at).toISOString(),
})
