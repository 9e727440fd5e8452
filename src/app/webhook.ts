import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { AlertContent } from '../domain/alert.ts'
import { asDecimal, cleaned, priceField, symbolField, textField } from './fields.ts'
import { type AdmissionRequest, type Answer, type FieldProblem, problem } from './route.ts'

/** Seconds that a signature's timestamp may be off, either way, in real time. */
const window = 300
const mostMetadataBytes = 8_192
/** Milliseconds on the running clock that a sender's clock may be ahead. */
const aheadMs = 60_000

/**
 * Checks `v0=` + hex HMAC-SHA256(secret, "v0:" + timestamp + ":" + raw body). Null: it is genuine and recent.
 * One answer for every way to be wrong: it teaches a forger nothing.
 */
export function checkSignature({ operations, rawBody, headers }: AdmissionRequest): Answer | null {
  const secret = operations.webhookSecret
  if (secret === null) return problem(503, 'Webhook not set up', 'Set ALERT_WEBHOOK_SECRET in .env and start again.')
  const timestamp = headers['x-catalyst-timestamp'] ?? ''
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest()
  const given = /^v0=([0-9a-f]{64})$/.exec(headers['x-catalyst-signature'] ?? '')?.[1] ?? ''
  const genuine = given !== '' && timingSafeEqual(Buffer.from(given, 'hex'), expected)
  const recent = /^\d{1,12}$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= window
  if (genuine && recent) return null
  return problem(401, 'Bad signature', 'X-Catalyst-Timestamp and X-Catalyst-Signature must sign this very body within five minutes.')
}

const share = z.number({ error: 'must be a number from 0 to 1' }).min(0, 'must be at least 0').max(1, 'must be at most 1')
const link = z
  .string()
  .max(2_000, 'must have at most 2000 characters')
  .refine((v) => URL.canParse(v) && /^https?:$/.test(new URL(v).protocol), { error: 'must be an http or https address' })
const identifier = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must have at most 200 characters')
  .refine((v) => cleaned(v) === v, { error: 'must not hold control characters or outer spaces' })

export const alertBody = z.strictObject({
  id: identifier.meta({ description: "the sender's own id; the same id again is a duplicate" }),
  symbol: symbolField,
  headline: textField(500),
  summary: textField(4_000).nullish(),
  category: textField(60).nullish(),
  side: z.enum(['buy', 'sell']).default('buy'),
  confidence: share,
  catalyst_score: share,
  entry_price: priceField.nullish(),
  stop_loss: priceField.nullish(),
  take_profit: priceField.nullish(),
  url: link.nullish(),
  source: textField(60),
  published_at: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with its zone, like 2024-05-01T13:30:00Z' }),
  metadata: z
    .record(z.string(), z.unknown())
    .refine((v) => Buffer.byteLength(JSON.stringify(v)) <= mostMetadataBytes, { error: `must be at most ${mostMetadataBytes} bytes` })
    .nullish(),
})

/** Problems between fields, and with the clock; the body may be anything. @param now epoch ms of the running clock. */
export function alertProblems(body: unknown, now: number): readonly FieldProblem[] {
  if (typeof body !== 'object' || body === null) return []
  const fields: Readonly<Record<string, unknown>> = { ...body }
  const problems: FieldProblem[] = []
  const published = typeof fields['published_at'] === 'string' ? Date.parse(fields['published_at']) : Number.NaN
  if (published > now + aheadMs)
    problems.push({ field: 'published_at', problem: `is in the future: the clock here says ${new Date(now).toISOString()}` })
  const side = fields['side'] ?? 'buy'
  const low = side === 'sell' ? 'take_profit' : 'stop_loss'
  const high = side === 'sell' ? 'stop_loss' : 'take_profit'
  const [below, entry, above] = [fields[low], fields['entry_price'], fields[high]].map(asDecimal)
  if (below && entry && below.gte(entry)) problems.push({ field: low, problem: `must be below entry_price for a ${side}` })
  if (above && entry && above.lte(entry)) problems.push({ field: high, problem: `must be above entry_price for a ${side}` })
  if (below && above && !entry && below.gte(above)) problems.push({ field: low, problem: `must be below ${high} for a ${side}` })
  return problems
}

export const alertContent = (body: z.output<typeof alertBody>): AlertContent => ({
  sourceId: body.id,
  source: body.source,
  symbol: body.symbol,
  headline: body.headline,
  summary: body.summary ?? null,
  category: body.category ?? null,
  side: body.side,
  confidence: body.confidence,
  catalystScore: body.catalyst_score,
  factors: [],
  entryPrice: body.entry_price ?? null,
  stopLoss: body.stop_loss ?? null,
  takeProfit: body.take_profit ?? null,
  url: body.url ?? null,
  publishedAt: new Date(body.published_at).toISOString(),
})
