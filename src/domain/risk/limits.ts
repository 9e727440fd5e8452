import { z } from 'zod'
import type { Decimal, Price } from '../decimal.ts'
import { decimal, roundDown, roundUp, tickPlaces } from '../decimal.ts'
import { type CheckDenial, money, type RiskCheck } from './check.ts'
import type { ArmedCheck } from './verdict.ts'

/** A decimal in a configuration file, kept as text: `1.5` or `"1.5"`. @param fallback used when it is left out. */
export const decimalLimit = (low: string, high: string, fallback: string, description: string) =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((v) => /^-?\d+(\.\d+)?$/.test(v) && decimal(v).gte(decimal(low)) && decimal(v).lte(decimal(high)), {
      error: `must be a number from ${low} to ${high}`,
    })
    .default(fallback)
    .meta({ description })

/** A whole number: a count of anything. */
export const countLimit = (low: number, high: number, fallback: number, description: string) =>
  z.number().int().min(low).max(high).default(fallback).meta({ description })
export const secondsLimit = (low: number, high: number, fallback: number, description: string) =>
  countLimit(low, high, fallback, description)

/** For checks that have nothing to set. */
export const noLimits = z.strictObject({})

/** The limits in force of one check; its defaults when it is not loaded. */
export function limitsOf<Limits>(checks: readonly ArmedCheck[], check: RiskCheck<Limits>): Limits {
  return check.limits.parse(checks.find((armed) => armed.check.code === check.code)?.limits ?? {})
}

/** What a check needs is not there. It may come back by itself, so the proposal stays open. */
export const missing = (what: string): CheckDenial => ({
  limit: null,
  actual: null,
  wouldPass: null,
  explain: `no ${what}, so this cannot be judged`,
  transient: true,
})

/** The most whole shares that `room` dollars hold, in words; null when that is none. */
export function mostShares(room: Decimal, perShare: Decimal): string | null {
  if (perShare.lte(decimal('0')) || room.lt(perShare)) return null
  const shares = roundDown(room.div(perShare), 0)
  return `max ${shares.toFixed()} ${shares.eq(decimal('1')) ? 'share' : 'shares'}`
}

/** `value` on the price grid of US equities, toward zero or away from it. */
export const tickDown = (value: Decimal): Price => roundDown(value, tickPlaces(value)) as Price
export const tickUp = (value: Decimal): Price => roundUp(value, tickPlaces(value)) as Price

/** A price for people: with the sub-dollar digits where they count. */
export const priceText = (value: Decimal): string => (value.round(2).eq(value) ? money(value) : `$${value.round(4).toFixed()}`)
