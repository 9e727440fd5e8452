import { z } from 'zod'
import { authorize } from '../../src/app/authorize.ts'
import { textField } from '../../src/app/fields.ts'
import { defineRoute, json, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'resume',
  method: 'POST',
  path: '/api/v1/resume',
  summary: 'Lets new entries through again: an approver after a pause, a risk officer with a reason after a halt.',
  role: 'approver',
  body: z.strictObject({ reason: textField(500).optional() }),
  async run({ app, actor, body, meta }) {
    // Leaving a halt is harder than entering it.
    const { state } = await app.read.tradingState()
    const forbidden = state === 'halted' && (await authorize(app, actor, 'risk_officer', 'resume from a halt'))
    if (forbidden) return problem(403, 'Not allowed', forbidden.explain, { code: forbidden.code })
    const change = await app.resume(body.reason ?? '', meta)
    if (change.ok) return json(200, { trading_state: change.trading.state, cause: change.trading.cause })
    const { code, explain } = change.refusal
    if (code !== 'REASON_REQUIRED') return problem(409, 'Not resumed', explain, { code })
    return problem(400, 'Invalid request', explain, { code, errors: [{ field: 'reason', problem: explain }] })
  },
})
