import { z } from 'zod'
import { count, reply } from '../src/app/card.ts'
import { closing, flattenButton } from '../src/app/cards/closing.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'kill',
  summary: 'Halt at once: no entries, cancel working ones, void what is pending; stops stay',
  role: 'approver',
  args: z.object({
    flatten: z.boolean().default(false).meta({ description: 'true also closes every position' }),
  }),
  async run(call) {
    const { app, args, actor, meta } = call
    const report = await app.kill(`/kill by ${actor.name}`, meta)
    const flattened = args.flatten ? await app.flatten('kill', meta) : null
    const open = await app.read.openPositions()
    const closed = flattened && closing(flattened)
    return reply(call, {
      tone: 'bad',
      // Until the closes are filled, "flattened" would be a lie.
      title: `HALTED in ${Math.round(report.elapsedMs)} ms${flattened && open.length > 0 ? ', NOT FLAT' : ''}`,
      lines: [
        ...(closed ? [closed.title, ...closed.lines] : open.length > 0 ? ['Positions stay open behind their stops.'] : []),
        'Back: /resume <reason>, by a risk officer.',
      ],
      facts: [
        { label: 'Entries canceled', value: String(report.canceledOrders) },
        // Requests to a broker are rationed: these leave as it takes them, the largest first.
        ...(report.waitingCancels > 0 ? [{ label: 'Of them waiting', value: String(report.waitingCancels) }] : []),
        { label: 'Proposals voided', value: String(report.voidedProposals) },
        { label: 'Still open', value: count(open.length, 'position'), emphasis: true },
      ],
      table: closed?.table ?? null,
      buttons: args.flatten && flattened?.left.length === 0 ? [] : flattenButton(open),
      data: {
        trading_state: report.trading.state,
        canceled_orders: report.canceledOrders,
        waiting_cancels: report.waitingCancels,
        voided_proposals: report.voidedProposals,
        open_positions: open.length,
        elapsed_ms: report.elapsedMs,
      },
    })
  },
})
