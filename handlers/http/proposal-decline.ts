import { z } from 'zod'
import { proposalWithCompany } from '../../src/app/company.ts'
import { idParams, textField } from '../../src/app/fields.ts'
import { defineRoute, json, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'proposal-decline',
  method: 'POST',
  path: '/api/v1/proposals/:id/decline',
  summary: 'Declines a proposal; a reason may come along or later. 409 with the true state when it was decided before.',
  role: 'approver',
  params: idParams,
  body: z.strictObject({
    reason: textField(500).nullish(),
    version: z.number().int().min(1).optional().meta({ description: 'ignored: no version of a declined proposal is traded' }),
  }),
  async run({ app, params: { id }, body, meta }) {
    const result = await app.decline(id, body.reason ?? null, meta)
    if (result.outcome === 'not_found') return problem(404, 'No such proposal', `There is no proposal ${id}.`)
    const proposal = await proposalWithCompany(app.read, result.proposal)
    if (result.outcome !== 'refused') return json(200, proposal)
    return problem(409, 'Not decided by this', result.refusal.explain, { code: result.refusal.code, proposal })
  },
})
