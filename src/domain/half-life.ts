/**
 * Minutes until half of what a catalyst is worth is gone, by category: an old card is a worse trade than it looks. Scheduled
 * figures are priced in first; what takes reading keeps longer. Rough on purpose; the configuration refines it.
 */
export const halfLifeMinutes: Readonly<Record<string, number>> = {
  earnings: 30,
  earnings_beat: 30,
  earnings_miss: 30,
  guidance_up: 30,
  guidance_down: 30,
  analyst_up: 20,
  analyst_down: 20,
  ma_target: 20,
  fda_approval: 20,
  fda_crl: 20,
  clinical_positive: 30,
  clinical_negative: 30,
  contract: 60,
  partnership: 60,
  index_add: 90,
  buyback: 120,
  dividend_up: 120,
  exec_change: 120,
  activist: 120,
  insider_buy: 240,
}

/** A phone's push may be late; nobody can decide faster. */
export const shortestLifeMs = 90_000

export interface CardLife {
  /** Epoch milliseconds: when it is offered, or, with the market shut, the next open. */
  readonly from: number
  /** When that session ends; null: unknown. */
  readonly closeAt: number | null
  readonly category: string | null
  /** Minutes that an unanswered card lives at most. */
  readonly expiryMinutes: number
  /** Minutes by category, over the table above. */
  readonly overrides: Readonly<Record<string, number>>
}

/** When a card lapses: after its time or one half-life, whichever is sooner, and with the session; never within 90 s. Epoch milliseconds. */
export function cardExpiry({ from, closeAt, category, expiryMinutes, overrides }: CardLife): number {
  const table = { ...halfLifeMinutes, ...overrides }
  const known = category !== null && Object.hasOwn(table, category) ? table[category] : undefined
  const life = Math.min(expiryMinutes, known ?? expiryMinutes) * 60_000
  return Math.max(from + shortestLifeMs, Math.min(from + life, closeAt ?? Number.POSITIVE_INFINITY))
}
