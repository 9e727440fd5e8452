import { hindsight } from '../domain/hindsight.ts'
import { horizonEnd, horizons, measuredFrom } from '../domain/horizons.ts'
import type { Proposal } from '../domain/proposal.ts'
import { measureProposal } from '../domain/proposal-attention.ts'
import { isoNow } from '../ports/clock.ts'
import type { Bar } from '../ports/market-data.ts'
import { type AppContext, occasion } from './context.ts'
import { orNull } from './portfolio-inputs.ts'

/** How many cards one run looks at; the next run takes the rest. */
const atOnce = 50
/** After this long without any prices, that there are none is the answer. */
const patienceMs = 24 * 3_600_000
const minuteMs = 60_000

/** Looks at what became of entries that were rejected, expired or denied: 15 minutes, an hour and a day after. */
export async function measureOutcomes(context: AppContext): Promise<void> {
  for (const proposal of await context.read.unmeasuredProposals(isoNow(context.clock), atOnce)) await measure(context, proposal)
}

async function measure(context: AppContext, proposal: Proposal): Promise<void> {
  const { id, terms, side, symbol, measureAt } = proposal
  if (measureAt === null) return
  const bars = await orNull(context.log, 'bars', symbol, barsBetween(context, proposal))
  const seen = bars && hindsight({ ...terms, side }, bars)
  if (seen === null && context.clock.now() - Date.parse(measureAt) < patienceMs) return
  const meta = occasion(context, 'system', id)
  await context.store.transact(meta, async (tx) => {
    const stream = await tx.load('proposal', id)
    // Another process may have taken this look already.
    if (stream.state.measured !== proposal.measured) return
    const measured = measureProposal(stream.state, seen, meta.occurredAt)
    if (measured.ok) tx.append(stream, measured.events)
  })
}

/** Minute bars from when the trade could have been made to the end of the horizon. */
async function barsBetween({ market }: AppContext, { symbol, decidedAt, measured }: Proposal): Promise<readonly Bar[]> {
  const horizon = horizons[measured]
  if (decidedAt === null || horizon === undefined) return []
  const from = Date.parse(measuredFrom(decidedAt))
  const end = Date.parse(horizonEnd(decidedAt, horizon))
  const bars = await market.bars(symbol, '1m', Math.ceil((end - from) / minuteMs), end)
  return bars.filter((bar) => bar.at + minuteMs > from && bar.at < end)
}
