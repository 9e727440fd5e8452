import type { FeedLine, Order, Position, Proposal } from './wire.ts'

/** Bounded lists: a page left open for a day holds no more than one opened a minute ago. */
export const bounds = { proposals: 60, feed: 400, orders: 200, notices: 6, history: 50 } as const

export const isOpen = (p: Proposal): boolean => p.status === 'pending' || p.status === 'armed'

/** What waits comes first, soonest expiry on top; what is decided follows, newest on top. */
export function arrange(proposals: readonly Proposal[]): readonly Proposal[] {
  const open = proposals.filter(isOpen).toSorted((a, b) => a.expires_at.localeCompare(b.expires_at))
  const decided = proposals.filter((p) => !isOpen(p)).toSorted((a, b) => when(b).localeCompare(when(a)))
  return [...open, ...decided].slice(0, bounds.proposals)
}
const when = (p: Proposal): string => p.decided_at ?? p.offered_at

/**
 * A known card changes in place, a new one goes below those that wait: nothing moves under a thumb.
 * A late message about an older version changes nothing.
 */
export function place(list: readonly Proposal[], incoming: Proposal): readonly Proposal[] {
  const at = list.findIndex((p) => p.id === incoming.id)
  const known = list[at]
  if (known) return isOlder(incoming, known) ? list : list.with(at, incoming)
  const after = list.findLastIndex(isOpen) + 1
  return shorten(list.toSpliced(after, 0, incoming))
}

const isOlder = (incoming: Proposal, known: Proposal): boolean =>
  incoming.version < known.version || (incoming.version === known.version && isOpen(incoming) && !isOpen(known))

/** Drops decided cards from the end; one that still waits is never dropped. */
function shorten(list: readonly Proposal[]): readonly Proposal[] {
  if (list.length <= bounds.proposals) return list
  const drop = list.findLastIndex((p) => !isOpen(p))
  return drop === -1 ? list : list.toSpliced(drop, 1)
}

/** After a gap in the stream: the server's list is the truth, in the order people already see. */
export function refresh(shown: readonly Proposal[], fresh: readonly Proposal[]): readonly Proposal[] {
  if (shown.length === 0) return arrange(fresh)
  const kept = shown.flatMap((p) => fresh.find((f) => f.id === p.id) ?? (isOpen(p) ? [] : [p]))
  const missing = arrange(fresh).filter((p) => !kept.some((k) => k.id === p.id))
  // Each one that is decided goes above those before it.
  return [...missing.filter(isOpen), ...missing.filter((p) => !isOpen(p)).toReversed()].reduce(place, kept)
}

/** Open positions only, by symbol; a closed one leaves the table. */
export function placePosition(list: readonly Position[], incoming: Position): readonly Position[] {
  const others = list.filter((p) => p.id !== incoming.id)
  if (incoming.status === 'closed') return others
  const at = list.findIndex((p) => p.id === incoming.id)
  if (at >= 0) return list.with(at, incoming)
  return [...others, incoming].toSorted((a, b) => a.symbol.localeCompare(b.symbol))
}

export function placeOrder(list: readonly Order[], incoming: Order): readonly Order[] {
  return [incoming, ...list.filter((o) => o.id !== incoming.id)].slice(0, bounds.orders)
}

/** Newest first, each line once. */
export function mergeFeed(list: readonly FeedLine[], incoming: readonly FeedLine[]): readonly FeedLine[] {
  const newest = list[0]?.sequence ?? -1
  const fresh = incoming.filter((line) => line.sequence > newest)
  if (fresh.length === incoming.length && fresh.length > 0 && incoming.length === 1) return [...fresh, ...list].slice(0, bounds.feed)
  const all = new Map([...list, ...incoming].map((line) => [line.sequence, line]))
  return [...all.values()].toSorted((a, b) => b.sequence - a.sequence).slice(0, bounds.feed)
}

/** The newest with the same key replaces it in place; otherwise it goes on top. */
export function placeNotice<T extends { readonly key: string }>(list: readonly T[], incoming: T): readonly T[] {
  const at = list.findIndex((n) => n.key === incoming.key)
  return at >= 0 ? list.with(at, incoming) : [incoming, ...list].slice(0, bounds.notices)
}

/** Which card `j` and `k` go to. */
export function step(list: readonly Proposal[], selected: string | null, by: 1 | -1): string | null {
  const at = list.findIndex((p) => p.id === selected)
  const next = at === -1 ? (by === 1 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))
  return list[next]?.id ?? null
}

/** `proposal:<id>` → `<id>`: what /why is asked about. */
export const subjectOf = (stream: string | null): string => {
  const id = stream?.slice(stream.indexOf(':') + 1) ?? ''
  return /^[\w:.-]{1,80}$/.test(id) ? id : ''
}
