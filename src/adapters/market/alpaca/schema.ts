import { z } from 'zod'

/**
 * Prices of market data are JSON numbers, the shortest that mean the decimal they came from; they become decimals where they
 * are mapped. Only what is read is named.
 */
const moment = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'not a time')
const figure = z.number().nonnegative()
const orNull = <T extends z.ZodType>(shape: T) => shape.nullish().transform((value) => value ?? null)

const quoteShape = z.object({ t: moment, bp: figure, ap: figure, bs: figure, as: figure })
const tradeShape = z.object({ t: moment, p: figure })
const barShape = z.object({ t: moment, o: figure, h: figure, l: figure, c: figure, v: figure })
export type WireBar = z.infer<typeof barShape>

const snapshotShape = z.object({ latestQuote: orNull(quoteShape), latestTrade: orNull(tradeShape), minuteBar: orNull(barShape) })
export type WireSnapshot = z.infer<typeof snapshotShape>
/** By symbol; those without any data are missing or null. */
export const snapshotsShape = z.record(z.string(), orNull(snapshotShape))

/** Bars of one symbol; null when there are none. */
export const barsShape = z.object({ bars: orNull(z.array(barShape)), next_page_token: orNull(z.string()) })

const splitShape = z.object({
  symbol: z.string(),
  new_rate: figure,
  old_rate: figure,
  ex_date: orNull(z.string()),
  process_date: orNull(z.string()),
})
export const corporateActionsShape = z.object({
  corporate_actions: z.object({ forward_splits: orNull(z.array(splitShape)), reverse_splits: orNull(z.array(splitShape)) }),
})

export const assetsShape = z.array(
  z.object({
    symbol: z.string(),
    name: orNull(z.string()),
    exchange: orNull(z.string()),
    status: z.string(),
    tradable: z.boolean(),
    shortable: orNull(z.boolean()),
    /** Takes the place of easy_to_borrow, which goes away. */
    borrow_status: orNull(z.string()),
    easy_to_borrow: orNull(z.boolean()),
  }),
)
export type WireAsset = z.infer<typeof assetsShape>[number]
