import { batch, computed, type Signal, signal } from '@preact/signals'
import type { Card } from '../../../../ports/chat.ts'
import { isOpen, mergeFeed, place, placeNotice, placeOrder, placePosition } from './lists.ts'
import { type Reading, readingOf, serverTime } from './running-clock.ts'
import type { FeedLine, Order, Position, Proposal, Quote, State } from './wire.ts'

/** Everything the page shows. One signal each, so that a tick redraws a cell and not a table. */
export const state = signal<State | null>(null)
export const proposals = signal<readonly Proposal[]>([])
export const positions = signal<readonly Position[]>([])
export const orders = signal<readonly Order[]>([])
export const feed = signal<readonly FeedLine[]>([])
export const notices = signal<readonly Card[]>([])
/** False until the first lists have come. */
export const loaded = signal(false)

export const pending = computed(() => proposals.value.filter(isOpen))
export const you = computed(() => state.value?.you ?? null)

export type Link = 'connecting' | 'open' | 'down'
export const link = signal<Link>('connecting')
/** Approving needs a live stream: what cannot be seen cannot be approved. */
export const live = computed(() => link.value === 'open')
/** Server time of the last word from the stream, epoch milliseconds. */
export const lastHeard = signal<number | null>(null)

const reading = signal<Reading | null>(null)
/** The server's clock now, epoch milliseconds, advancing by `beat`. */
export const now = signal(Date.now())

export function beat(): void {
  if (reading.value) now.value = serverTime(reading.value, performance.now())
}

export function setClock(at: string): void {
  const speed = state.value?.speed ?? 1
  const next = readingOf(at, performance.now(), speed)
  if (next === null) return
  reading.value = next
  lastHeard.value = next.server
  now.value = next.server
}

export function setState(next: State): void {
  batch(() => {
    state.value = next
    setClock(next.now)
  })
}

const quotes = new Map<string, Signal<Quote | null>>()
/** At most this many symbols are followed; the server sends only those that are shown anyway. */
const followed = 500

/** The newest quote of a symbol; null before the first. */
export function quoteOf(symbol: string): Signal<Quote | null> {
  const known = quotes.get(symbol)
  if (known) return known
  const fresh = signal<Quote | null>(null)
  quotes.set(symbol, fresh)
  return fresh
}

/** Ticks wait for the next frame and go out together. */
let waiting = new Map<string, Quote>()
export function takeQuotes(incoming: readonly Quote[]): void {
  if (waiting.size === 0) setTimeout(flushQuotes, 60)
  for (const quote of incoming) waiting.set(quote.symbol, quote)
}
function flushQuotes(): void {
  const due = waiting
  waiting = new Map()
  batch(() => {
    for (const [symbol, quote] of due) if (quotes.has(symbol) || quotes.size < followed) quoteOf(symbol).value = quote
  })
}

/** Server time of the last collapse that nobody here asked for: what follows has just moved up. */
let shiftedAt = Number.NEGATIVE_INFINITY
export const justShifted = (): boolean => performance.now() - shiftedAt < 300

export function takeProposal(incoming: Proposal): void {
  const before = proposals.value.find((p) => p.id === incoming.id)
  proposals.value = place(proposals.value, incoming)
  if (before && isOpen(before) && !isOpen(incoming)) shiftedAt = performance.now()
}
export const takePosition = (incoming: Position): void => {
  positions.value = placePosition(positions.value, incoming)
}
export const takeOrder = (incoming: Order): void => {
  orders.value = placeOrder(orders.value, incoming)
}
export const takeFeed = (incoming: readonly FeedLine[]): void => {
  feed.value = mergeFeed(feed.value, incoming)
}
/** What the page shows elsewhere, and truer: the state in its own bar, a fill on its card. */
const shownElsewhere = /^notice:(state|fill)-/
export const takeNotice = (incoming: Card): void => {
  if (incoming.kind === 'notice' && !shownElsewhere.test(incoming.key)) notices.value = placeNotice(notices.value, incoming)
}
export const dismissNotice = (key: string): void => {
  notices.value = notices.value.filter((n) => n.key !== key)
}
