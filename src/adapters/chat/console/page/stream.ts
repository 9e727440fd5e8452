import { get, tokenNeeded } from './api.ts'
import { refresh } from './lists.ts'
import * as store from './store.ts'
import type { FeedLine, Order, Position, Proposal, State } from './wire.ts'

/** Silence longer than this means the stream is down; the server speaks at least every 5 s. Milliseconds. */
const silence = 12_000
/** Between attempts to reach the server again, milliseconds. */
const pause = { first: 500, longest: 5_000 } as const

interface List<T> {
  readonly items: readonly T[]
}

/** The whole truth again: at the start and after every gap. */
async function loadAll(): Promise<void> {
  store.setState(await get<State>('/api/v1/state'))
  const [proposals, positions, orders, feed] = await Promise.all([
    get<List<Proposal>>('/api/v1/proposals?limit=40'),
    get<List<Position>>('/api/v1/positions?status=open'),
    get<List<Order>>('/api/v1/orders'),
    get<List<FeedLine>>('/api/v1/feed?limit=100'),
  ])
  store.proposals.value = refresh(store.proposals.value, proposals.items)
  store.positions.value = positions.items.filter((p) => p.status === 'open').toSorted((a, b) => a.symbol.localeCompare(b.symbol))
  store.orders.value = orders.items
  store.takeFeed(feed.items)
  store.loaded.value = true
}

let source: EventSource | null = null
let heardAt = performance.now()
let delay: number = pause.first
let retry: ReturnType<typeof setTimeout> | null = null

function on<T>(events: EventSource, name: string, take: (data: T) => void): void {
  events.addEventListener(name, (event) => {
    heardAt = performance.now()
    take(JSON.parse(event.data) as T)
  })
}

export function connect(): void {
  source?.close()
  if (retry !== null) clearTimeout(retry)
  retry = null
  const events = new EventSource('/api/v1/stream')
  source = events
  heardAt = performance.now()
  on(events, 'state', store.setState)
  on(events, 'proposal', store.takeProposal)
  on(events, 'position', store.takePosition)
  on(events, 'order', store.takeOrder)
  on(events, 'quotes', store.takeQuotes)
  on(events, 'card', store.takeNotice)
  on<FeedLine>(events, 'event', (line) => store.takeFeed([line]))
  on<{ now: string }>(events, 'ping', (ping) => store.setClock(ping.now))
  events.onopen = () => {
    heardAt = performance.now()
    // The stream is open before the lists are fetched: what changes meanwhile arrives through it.
    loadAll().then(
      () => {
        delay = pause.first
        store.link.value = 'open'
      },
      () => lose(),
    )
  }
  events.onerror = () => lose()
}

/** Closes and tries again, later each time. */
function lose(): void {
  source?.close()
  source = null
  store.link.value = 'down'
  if (retry !== null) return
  retry = setTimeout(() => {
    retry = null
    // While a token is asked for, a new attempt starts when it is given. Asking for the state finds out whether one is.
    get('/api/v1/state').then(
      () => connect(),
      () => {
        if (!tokenNeeded.value) lose()
      },
    )
  }, delay)
  delay = Math.min(delay * 2, pause.longest)
}

export function watch(): void {
  setInterval(() => {
    if (source !== null && performance.now() - heardAt > silence) lose()
  }, 1000)
  // A phone that wakes up has an old picture: fetch at once, not at the next silence.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && performance.now() - heardAt > silence / 2) connect()
  })
}
