import { z } from 'zod'
import { halfLifeMinutes } from '../domain/half-life.ts'
import { loudnesses, presetNames, tunableEvents } from '../domain/loudness.ts'
import { roles } from '../domain/people.ts'

/** A decimal in YAML: `1.5` or `"1.5"`; kept as text, because money and percentages never become floats. */
export const decimalSetting = (low: string, high: string) =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((v) => /^-?\d+(\.\d+)?$/.test(v) && Number(v) >= Number(low) && Number(v) <= Number(high), {
      error: `must be a number from ${low} to ${high}`,
    })
    .meta({ range: `${low} to ${high}` })

const describe = <T extends z.ZodType>(type: T, description: string): T => type.meta({ description })
const wholeNumber = (low: number, high: number) => z.number().int().min(low).max(high)

const personId = z.string().regex(/^(discord|slack|console):.+$/, 'must look like discord:<user id>')

const approvals = z.strictObject({
  ceiling_percent: describe(
    decimalSetting('0', '20').default('1.5'),
    "% above the card's price (sell: below) that an approval still covers",
  ),
  max_repricings: describe(wholeNumber(0, 10).default(3), 'times a card may ask again with a new price'),
  expiry_minutes: describe(wholeNumber(2, 24 * 60).default(30), 'minutes until an unanswered card expires; never under 90 s'),
  story_window_hours: describe(wholeNumber(1, 168).default(24), 'hours within which the same story from another wire joins its first card'),
  max_alert_age_minutes: describe(
    wholeNumber(1, 7 * 24 * 60).default(240),
    'minutes after publication from which an alert is too old to propose',
  ),
  actions_per_minute: describe(
    wholeNumber(5, 600).default(30),
    'commands and taps of one person in a minute at most; kill, pause and flatten are never limited',
  ),
  max_open_proposals: describe(wholeNumber(1, 500).default(200), 'open cards at most; further alerts are stored and filtered'),
  half_life_minutes: describe(
    z.record(z.string().min(1), wholeNumber(2, 24 * 60)).default({}),
    `minutes until half of what a catalyst is worth is gone, by category: its card lapses then if that is sooner; over a table of our own (earnings ${halfLifeMinutes['earnings']}, contract ${halfLifeMinutes['contract']}, insider_buy ${halfLifeMinutes['insider_buy']} ...)`,
  ),
  two_person_above_usd: describe(
    decimalSetting('0', '1000000000').nullable().default(null),
    "USD at the card's price above which two different people must approve; null: one is enough",
  ),
  away: describe(
    z.enum(['expire', 'escalate']).default('expire'),
    'what silence leads to: the card lapses, or the backup and then everybody is asked first; nothing is ever bought by silence',
  ),
  escalate_after_seconds: describe(wholeNumber(30, 24 * 3600).default(300), 'seconds without a decision until the next step'),
  backup: describe(z.array(personId).default([]), 'whom an escalation asks first, by immutable id; empty: everybody at once'),
})

const exits = z.strictObject({
  stop_atr: describe(decimalSetting('0.1', '10').default('1.5'), 'stop distance in ATR(14, daily)'),
  target_atr: describe(decimalSetting('0.1', '20').default('3'), 'target distance in ATR(14, daily)'),
  fallback_stop_percent: describe(decimalSetting('0.5', '50').default('5'), '% from entry when there is no ATR'),
  fallback_target_percent: describe(decimalSetting('0.5', '100').default('10'), '% from entry when there is no ATR'),
})

const execution = z.strictObject({
  entry_fill_timeout_seconds: describe(
    wholeNumber(5, 3600).default(60),
    'seconds until what is left unfilled of an entry is canceled, and what was bought gets stop and target',
  ),
  protect_deadline_seconds: describe(
    wholeNumber(1, 600).default(15),
    'seconds a position may be without a working stop before it is flagged and everybody is told',
  ),
})

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like "22:00"')
const quietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    zone: z.string().refine(isTimeZone, 'must be a time zone like America/New_York').default('America/New_York'),
  })
  .refine(({ from, to }) => from !== to, 'from and to must differ')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    // That is how an unknown zone is told.
    return false
  }
}

const notifications = z.strictObject({
  preset: describe(
    z.enum(presetNames).default('normal'),
    'what rings a phone: quiet (what asks for a decision), normal (all but digests), everything; what is critical always does',
  ),
  events: describe(
    z.partialRecord(z.enum(tunableEvents), z.enum(loudnesses)).default({}),
    `exceptions from the preset, such as {fill: silent}; ${tunableEvents.join(', ')}: ${loudnesses.join(' | ')}`,
  ),
  quiet_hours: describe(
    quietHours.nullable().default(null),
    'when nothing rings but what is critical: {from: "22:00", to: "07:00", zone: America/New_York}',
  ),
  burst: describe(
    wholeNumber(1, 100).default(5),
    'new proposals that ring within a minute at most; the rest come silently behind one digest',
  ),
})

const simulation = z.strictObject({
  seed: describe(wholeNumber(0, 2 ** 31 - 1).default(7), 'same seed, same market'),
  symbols: describe(wholeNumber(5, 4_200).default(60), 'size of the simulated universe'),
  cash: describe(decimalSetting('1000', '1000000000').default('100000'), 'USD the simulated account starts with'),
  speed: describe(z.number().min(0.1).max(10_000).default(1), 'simulated seconds in one real second'),
  catalysts_per_hour: describe(z.number().min(0).max(100_000).default(40), 'about how many stories an hour of session brings'),
  half_spread_bps: describe(z.number().min(0).max(500).default(2), 'basis points from the middle to bid and ask, at least half a cent'),
  stale_quote_rate: describe(
    z.number().min(0).max(1).default(0.01),
    'share of quarter minutes in which the quote of a symbol stands still',
  ),
  partial_fill_rate: describe(z.number().min(0).max(1).default(0.1), 'share of orders that fill in parts'),
  reject_rate: describe(
    z.number().min(0).max(1).default(0.005),
    'share of entry orders that the simulated broker rejects for no reason of ours',
  ),
  latency_ms: describe(wholeNumber(0, 60_000).default(120), 'running milliseconds between acceptance and the first possible fill'),
  sec_fee_per_million: describe(decimalSetting('0', '1000').default('20.60'), 'USD per million sold; SEC section 31 rate, changes yearly'),
  taf_per_share: describe(decimalSetting('0', '1').default('0.000195'), 'USD per share sold; FINRA trading activity fee'),
  taf_cap: describe(decimalSetting('0', '1000').default('9.79'), 'USD; most a single sale pays of the above'),
  commission_per_share: describe(decimalSetting('0', '10').default('0'), 'USD per share, both ways'),
  margin: describe(decimalSetting('1', '4').default('2'), 'buying power as a multiple of equity'),
  skip_closed_hours: describe(z.boolean().default(true), 'jump from shortly after the close to shortly before the next open'),
})

const tickerSymbol = z.string().regex(/^[A-Z][A-Z0-9.]{0,9}$/)

/** Sections whose keys belong to plug-ins (risk checks, sizing methods) are completed by `configSchema`. */
export const settingsShape = {
  people: describe(z.record(personId, z.enum(roles)).default({}), 'who may do what, by immutable id'),
  approvals: approvals.prefault({}),
  exits: exits.prefault({}),
  execution: execution.prefault({}),
  notifications: notifications.prefault({}),
  simulation: simulation.prefault({}),
  shorting: describe(z.boolean().default(false), 'whether a sell signal may open a short position'),
  allowed_symbols: describe(
    z.array(tickerSymbol).nullable().default(null),
    'the only symbols that may be entered; null: any. --symbols narrows it further',
  ),
  blocked_symbols: describe(z.array(tickerSymbol).default([]), 'symbols that are never entered'),
}

export interface SizingSettings {
  readonly method: string
  readonly [method: string]: unknown
}
type Shape = { readonly [K in keyof typeof settingsShape]: z.output<(typeof settingsShape)[K]> }
/** The whole configuration, validated. `risk` is keyed by each check's code in lower case. */
export type Settings = Shape & {
  readonly risk: Readonly<Record<string, unknown>>
  readonly sizing: SizingSettings
}
