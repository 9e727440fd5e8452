import { z } from 'zod'
import { textField } from '../../src/app/fields.ts'
import { defineRoute, json, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'pause',
  method: 'POST',
  path: '/api/v1/pause',
  summary: 'No new entries from now on; open positions and their stops stay.',
  role: 'approver',
  body: z.strictObject({
    reason: textField(500).optional(),
    cancel_entries: z.boolean().default(false).meta({ description: 'also cancel entries that have not filled' }),
  }),
  async run({ app, actor, body, meta }) {
    const change = await app.pause(body.reason ?? `by ${actor.name}`, { cancelEntries: body.cancel_entries }, meta)
    if (!change.ok) return problem(409, 'Not paused', change.refusal.explain, { code: change.refusal.code })
    return json(200, { trading_state: change.trading.state, cause: change.trading.cause })
  },
})
