import { exchangeDate } from '../../src/domain/calendar.ts'
import { type Usd, usd } from '../../src/domain/decimal.ts'
import type { Order } from '../../src/domain/order.ts'
import { isTerminal } from '../../src/domain/order.ts'
import type { Position } from '../../src/domain/position.ts'
import type { Standing } from '../../src/domain/risk/portfolio.ts'
import { type EventOf, evolutions, type StateOf, type StreamKind, singleton } from '../../src/domain/streams.ts'
import type { EventMeta, EventStore, Loaded, OutboxMessage, StoredEvent, Transaction } from '../../src/ports/event-store.ts'
import type { Outbox, PendingMessage } from '../../src/ports/outbox.ts'
import type { Page, PageRequest, ReadModel } from '../../src/ports/read-model.ts'
import { memoryStore } from '../adapters/memory-store.ts'
import type { DeskBooks } from './desk.ts'

/**
 * Books in memory, for runs by the thousand: the same events folded by the same domain, with the same visibility as in the database.
 * Transactions run one after the other; what one wrote is seen by its own reads after a flush, and by everybody after its commit.
 */
export interface MemoryBooks extends DeskBooks {
  /** Everything that was stored, in order. */
  readonly events: () => readonly StoredEvent[]
  readonly queued: () => readonly string[]
}

type States = { readonly [K in StreamKind]: Map<string, { readonly version: number; readonly state: StateOf<K> }> }
interface Content {
  readonly states: States
  readonly events: StoredEvent[]
  readonly seen: Set<string>
}

const kinds = Object.keys(evolutions) as StreamKind[]
const copyOf = ({ states, events, seen }: Content): Content => ({
  states: Object.fromEntries(kinds.map((kind) => [kind, new Map<string, unknown>(states[kind])])) as unknown as States,
  events: [...events],
  seen: new Set(seen),
})

export function memoryBooks(chats: readonly string[] = ['console']): MemoryBooks {
  let content: Content = copyOf({
    states: Object.fromEntries(kinds.map((k) => [k, new Map()])) as unknown as States,
    events: [],
    seen: new Set(),
  })
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  const box = memoryOutbox(() => content)
  let turn: Promise<unknown> = Promise.resolve()

  async function run<T>(meta: EventMeta, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const own = openTransaction(content, meta)
    const result = await work(own.tx)
    await own.tx.flush()
    const stored = own.overlay.events.slice(content.events.length)
    content = own.overlay
    for (const message of own.messages) box.add(message, chats)
    if (stored.length > 0) for (const listener of [...listeners]) listener(stored)
    return result
  }
  const store: EventStore = {
    transact(meta, work) {
      const mine = turn.then(() => run(meta, work))
      turn = mine.catch(() => undefined)
      return mine
    },
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    store,
    read: readModel(() => content),
    outbox: box.outbox,
    keyValue: memoryStore(),
    securities: { saveSecurities: async () => undefined },
    events: () => content.events,
    queued: () => box.keys(),
  }
}

function openTransaction(base: Content, meta: EventMeta) {
  let overlay = base
  const known = new Map<string, Loaded<StreamKind>>()
  const waiting: StoredEvent[] = []
  const messages: OutboxMessage[] = []
  const mine = () => {
    if (overlay === base) overlay = copyOf(base)
    return overlay
  }
  const load = <K extends StreamKind>(kind: K, id: string): Loaded<K> => {
    const found = known.get(`${kind}:${id}`) as Loaded<K> | undefined
    if (found) return found
    const stored = overlay.states[kind].get(id)
    const loaded = { kind, id, version: stored?.version ?? 0, state: stored?.state ?? evolutions[kind].initial(id) } as Loaded<K>
    known.set(`${kind}:${id}`, loaded as unknown as Loaded<StreamKind>)
    return loaded
  }
  const tx: Transaction = {
    load: async (kind, id) => load(kind, id),
    loadMany: async (kind, ids) => ids.map((id) => load(kind, id)),
    append(stream, added) {
      const current = known.get(`${stream.kind}:${stream.id}`)
      if (!current) throw new Error(`load ${stream.kind}:${stream.id} in this transaction before appending to it`)
      if (current.version !== stream.version) throw new Error(`${stream.kind}:${stream.id} is at version ${current.version}`)
      let { version, state } = stream
      for (const event of added) {
        // As the database gives it back.
        const data = JSON.parse(JSON.stringify(event)) as EventOf<typeof stream.kind>
        version += 1
        state = evolutions[stream.kind].evolve(state, data)
        const place = { kind: stream.kind, streamId: stream.id, version, event: data }
        waiting.push({ ...meta, ...place, sequence: 0, recordedAt: meta.occurredAt, hash: '' } as unknown as StoredEvent)
      }
      const after = { ...stream, version, state }
      known.set(`${stream.kind}:${stream.id}`, after as unknown as Loaded<StreamKind>)
      return after
    },
    enqueue: (message) => void messages.push(message),
    async lock() {
      const touched = new Set(waiting.map((e) => `${e.kind}:${e.streamId}`))
      for (const [name, { version }] of known)
        if (
          !touched.has(name) &&
          version === (overlay.states[name.split(':')[0] as StreamKind].get(name.slice(name.indexOf(':') + 1))?.version ?? 0)
        )
          known.delete(name)
    },
    async firstSight(source, key) {
      const name = `${source} ${key}`
      if (overlay.seen.has(name)) return false
      mine().seen.add(name)
      return true
    },
    async flush() {
      if (waiting.length === 0) return
      const to = mine()
      for (const event of waiting.splice(0)) {
        to.events.push({ ...event, sequence: to.events.length + 1 })
        const { version, state } = load(event.kind, event.streamId)
        const states = to.states[event.kind] as Map<string, unknown>
        states.set(event.streamId, { version, state })
      }
    },
    read: readModel(() => overlay),
  }
  return {
    tx,
    messages,
    get overlay() {
      return overlay
    },
  }
}

const page = <T>(items: readonly T[], { limit }: PageRequest): Page<T> => ({ items: items.slice(0, limit), next: null })
const newest = <T>(items: readonly T[], at: (item: T) => string): T[] => [...items].sort((a, b) => at(b).localeCompare(at(a)))
const oldest = <T>(items: readonly T[], at: (item: T) => string): T[] => [...items].sort((a, b) => at(a).localeCompare(at(b)))

function readModel(content: () => Content): ReadModel {
  const all = <K extends StreamKind>(kind: K): StateOf<K>[] => [...content().states[kind].values()].map(({ state }) => state)
  const one = <K extends StreamKind>(kind: K, id: string): StateOf<K> | null => content().states[kind].get(id)?.state ?? null
  const working = (): Order[] =>
    oldest(
      all('order').filter((order) => !isTerminal(order)),
      (o) => o.preparedAt,
    )
  const open = () =>
    oldest(
      all('position').filter(({ status }) => status === 'open'),
      (p) => p.openedAt,
    )
  const closed = () =>
    newest(
      all('position').filter(({ status }) => status === 'closed'),
      (p) => p.closedAt ?? '',
    )
  const cards = () => newest(all('proposal'), (p) => p.offeredAt)
  const asking = () =>
    oldest(
      all('proposal').filter(({ status }) => status === 'pending' || status === 'armed'),
      (p) => p.expiresAt,
    )
  const marks = (): readonly Mark[] =>
    content().events.flatMap(({ event }) => (event.type === 'PortfolioMarked' ? [{ at: event.at, equity: usd(event.equity) }] : []))
  const sectors = () =>
    new Map([...open(), ...working().filter(({ role }) => role === 'entry')].map(({ symbol }) => [symbol, 'Industrials']))
  const kept: Partial<ReadModel> = {
    tradingState: async () => one('trading', singleton) ?? evolutions.trading.initial(singleton),
    people: async () => one('people', singleton) ?? evolutions.people.initial(singleton),
    alert: async (id) => one('alert', id),
    alerts: async (wanted) =>
      page(
        newest(all('alert'), (a) => a.receivedAt),
        wanted,
      ),
    unjudgedAlerts: async (limit) =>
      oldest(
        all('alert').filter(({ status }) => status === 'received'),
        (a) => a.receivedAt,
      ).slice(0, limit),
    proposal: async (id) => one('proposal', id),
    proposals: async ({ status }, wanted) =>
      page(
        cards().filter((p) => status === undefined || p.status === status),
        wanted,
      ),
    openProposals: async (symbol) => asking().filter((p) => symbol === undefined || p.symbol === symbol),
    openProposalCount: async () => asking().length,
    overdueProposals: async (at, limit) =>
      asking()
        .filter((p) => p.expiresAt <= at)
        .slice(0, limit),
    armedProposals: async (limit) =>
      asking()
        .filter((p) => p.status === 'armed')
        .slice(0, limit),
    proposalByStory: async (key, since) => cards().find((p) => p.storyKey === key && p.offeredAt >= since) ?? null,
    order: async (id) => one('order', id),
    orderByBrokerId: async (id) => newest(all('order'), (o) => o.preparedAt).find((o) => o.brokerOrderId === id) ?? null,
    ordersKnownAs: async (brokerIds, clientIds) =>
      newest(all('order'), (o) => o.preparedAt).filter(
        (o) => (o.brokerOrderId !== null && brokerIds.includes(o.brokerOrderId)) || clientIds.includes(o.clientOrderId),
      ),
    orders: async (_, wanted) =>
      page(
        newest(all('order'), (o) => o.preparedAt),
        wanted,
      ),
    workingOrders: async () => working(),
    workingEntries: async (alsoOf = '') => working().filter((o) => o.role === 'entry' || o.symbol === alsoOf),
    readyOrders: async () => working().filter((o) => o.status === 'ready'),
    entriesSince: async (since) =>
      newest(
        all('order').filter((o) => o.role === 'entry' && o.preparedAt >= since),
        (o) => o.preparedAt,
      ),
    position: async (id) => one('position', id),
    openPositions: async () => open(),
    openPosition: async (symbol) => open().find((p) => p.symbol === symbol) ?? null,
    positions: async ({ status }, wanted) =>
      page(
        newest(
          all('position').filter((p) => status === undefined || p.status === status),
          (p) => p.openedAt,
        ),
        wanted,
      ),
    lastStopOut: async (symbol) => closed().find((p) => p.symbol === symbol && p.exitReason === 'stop_loss')?.closedAt ?? null,
    trades: async ({ symbol }, wanted) =>
      page(
        closed()
          .filter((p) => symbol === undefined || p.symbol === symbol)
          .map((p) => ({ ...p, positionId: p.id }) as never),
        wanted,
      ),
    snapshots: async () => [],
    lastSnapshotBefore: async () => null,
    standing: async (dayStart, date) => standingOf({ marks: marks(), closed: closed(), dayStart, date, sectors: sectors() }),
    events: async ({ stream, newest: last }, limit) => {
      const found = content().events.filter((e) => stream === undefined || `${e.kind}:${e.streamId}` === stream)
      return last ? found.slice(-limit).reverse() : found.slice(0, limit)
    },
    security: async (symbol) => ({
      symbol,
      name: symbol,
      exchange: 'SIM',
      sector: 'Industrials',
      tradable: true,
      shortable: true,
      averageDailyVolume: 1e6,
      marketCap: null,
    }),
    lastSequence: async () => content().events.length,
  }
  return new Proxy(kept, {
    get(target, name) {
      const found = target[name as keyof ReadModel]
      if (found === undefined && typeof name === 'string' && name !== 'then') throw new Error(`books in memory do not answer ${name}`)
      return found
    },
  }) as ReadModel
}

interface Mark {
  readonly at: string
  readonly equity: Usd
}

/** As the database's, but a day's result is that of the trades that were closed on it. */
function standingOf(from: {
  readonly marks: readonly Mark[]
  readonly closed: readonly Position[]
  readonly dayStart: string
  readonly date: string
  readonly sectors: Standing['sectors']
}): Standing {
  const { marks, closed, dayStart, date, sectors } = from
  const net = (position: Position): Usd => position.realizedPnl.minus(position.fees) as Usd
  const days = new Map<string, Usd>()
  for (const position of closed) {
    const day = exchangeDate(Date.parse(position.closedAt ?? ''))
    if (day < date) days.set(day, (days.get(day) ?? usd('0')).plus(net(position)) as Usd)
  }
  const before = marks.filter(({ at }) => at < dayStart).at(-1) ?? marks.find(({ at }) => at >= dayStart)
  return {
    dayStart: before?.equity ?? null,
    highWater: marks.reduce<Usd | null>((most, { equity }) => (most === null || equity.gt(most) ? equity : most), null),
    results: closed.map(net),
    days: [...days.values()],
    sectors,
  }
}

/** As the database's: the newest word of each card, in two lanes. */
function memoryOutbox(content: () => Content) {
  let sequence = 0
  let rows: (PendingMessage & { readonly at: number })[] = []
  const stands = new Map<string, string>()
  const outbox: Outbox = {
    async pending(chat, limit, lane) {
      const latest = new Map(rows.filter((row) => row.chat === chat).map((row) => [row.cardKey, row]))
      const due = [...latest.values()].filter(({ cardKey }) => stands.has(cardKey) === (lane === 'edits'))
      return due.slice(0, limit).map((row) => ({ ...row, reference: stands.get(row.cardKey) ?? null }))
    },
    begin: async () => undefined,
    async delivered({ cardKey, sequence: upTo }, reference) {
      stands.set(cardKey, reference)
      rows = rows.filter((row) => row.cardKey !== cardKey || row.sequence > upTo)
    },
    failed: async () => undefined,
    async dropped({ cardKey, sequence: upTo }) {
      rows = rows.filter((row) => row.cardKey !== cardKey || row.sequence > upTo)
    },
    async tidy(cardKey) {
      const latest = new Map(rows.filter((row) => row.cardKey === cardKey).map((row) => [row.chat, row.sequence]))
      rows = rows.filter((row) => row.cardKey !== cardKey || row.sequence === latest.get(row.chat))
    },
    retryNow: async () => undefined,
    backlog: async () => ({ unposted: 0, oldestMs: null }),
  }
  return {
    outbox,
    keys: () => rows.map(({ cardKey }) => cardKey),
    add({ cardKey, card, mention, chats }: OutboxMessage, targets: readonly string[]) {
      for (const chat of chats ?? targets) {
        const stored = card === null ? null : (JSON.parse(JSON.stringify(card)) as unknown)
        const place = { sequence: ++sequence, attempts: 0, reference: null, uncertain: false, thread: null, at: content().events.length }
        rows.push({ chat, cardKey, card: stored, mention, ...place })
      }
    },
  }
}
