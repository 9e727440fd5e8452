import { z } from 'zod'
import { authorize } from '../src/app/authorize.ts'
import { override, trackRecord } from '../src/app/books.ts'
import { refusal, reply } from '../src/app/card.ts'
import { readinessFor, unmet } from '../src/app/cards/readiness.ts'
import { type CommandCall, defineCommand } from '../src/app/command.ts'
import type { Refusal } from '../src/domain/decision.ts'
import { isAllowed } from '../src/domain/readiness.ts'

const args = z.object({
  mode: z.enum(['supervised', 'autonomous']).meta({ description: 'supervised or autonomous' }),
  reason: z
    .string()
    .trim()
    .max(300)
    .default('')
    .meta({ description: 'autonomous before it is ready (/readiness): why all the same; it stays on the record', rest: true }),
})

type Asked = z.output<typeof args>

export const command = defineCommand({
  name: 'mode',
  summary: 'supervised: every entry waits for a person; autonomous: none does',
  role: 'risk_officer',
  args,
  async run(call) {
    const { app, actor, args, meta } = call
    // Giving the decision away takes more than taking it back.
    const forbidden = args.mode === 'autonomous' && (await authorize(app, actor, 'owner', '/mode autonomous'))
    if (forbidden) return refusal(call, 'The mode stays as it is', forbidden.code, forbidden.explain)
    const unready = args.mode === 'autonomous' ? await notReady(call) : null
    if (unready) return refusal(call, 'The mode stays as it is', unready.code, unready.explain)
    const change = await app.changeMode(args.mode, meta)
    if (!change.ok) return refusal(call, 'The mode stays as it is', change.refusal.code, change.refusal.explain)
    return reply(call, {
      tone: args.mode === 'autonomous' ? 'warning' : 'good',
      title: `Mode: ${change.trading.mode}`,
      lines: [
        args.mode === 'autonomous'
          ? 'Entries that pass every risk check are sent without asking. /mode supervised takes it back.'
          : 'Every entry waits for a person.',
      ],
      data: { approval_mode: change.trading.mode },
    })
  },
})

/** Deciding alone with somebody's money wants a record, or an owner's reason on the record. */
async function notReady({ app, args, meta }: CommandCall<Asked>): Promise<Refusal | null> {
  const record = await trackRecord(app.read, app.broker.mode, app.clock.now())
  const readiness = readinessFor('autonomous', record)
  if (isAllowed(readiness, record)) return null
  if (args.reason !== '') {
    const change = await override(app, 'autonomous', args.reason, meta)
    return change.ok ? null : change.refusal
  }
  return { code: 'NOT_READY', explain: [...unmet(readiness), 'all the same: /mode autonomous <reason>'].join('; ') }
}
