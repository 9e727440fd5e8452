import { z } from 'zod'
import { proposalWithCompany } from '../../src/app/company.ts'
import { idParams, quantityField } from '../../src/app/fields.ts'
import { defineRoute, json, problem } from '../../src/app/route.ts'
import { denialView } from '../../src/app/views.ts'
import { quantity } from '../../src/domain/decimal.ts'

export const route = defineRoute({
  name: 'proposal-approve',
  method: 'POST',
  path: '/api/v1/proposals/:id/approve',
  summary: 'Approves exactly this version, for the offered quantity or less. 409 with the true state when it cannot, 422 with the denials.',
  role: 'approver',
  params: idParams,
  body: z.strictObject({
    version: z.number().int().min(1).meta({ description: 'the version that was on the screen' }),
    quantity: quantityField.optional().meta({ description: 'shares; fewer than offered' }),
  }),
  async run({ app, params: { id }, body, meta }) {
    const tap = { version: body.version, quantity: body.quantity === undefined ? undefined : quantity(body.quantity) }
    const result = await app.approve(id, tap, meta)
    if (result.outcome === 'not_found') return problem(404, 'No such proposal', `There is no proposal ${id}.`)
    const proposal = await proposalWithCompany(app.read, result.proposal)
    switch (result.outcome) {
      case 'approved':
      case 'armed':
      case 'declined':
      case 'revised':
      case 'snoozed':
      // Still pending, and `first_approval` says who: the answer is the proposal's true state.
      case 'first_of_two':
        return json(200, proposal)
      case 'repriced':
        return problem(409, 'The price moved', `Moved ${result.movedPercent} %: version ${proposal.version} asks again.`, {
          code: 'REPRICED',
          moved_percent: result.movedPercent,
          proposal,
        })
      case 'denied': {
        const explained = result.denials.map((d) => d.explain).join('; ')
        return problem(422, 'Denied by risk', explained, { denials: result.denials.map(denialView), proposal })
      }
      case 'refused': {
        const { code, explain } = result.refusal
        if (code !== 'QUANTITY_OUT_OF_RANGE') return problem(409, 'Not decided by this', explain, { code, proposal })
        return problem(400, 'Invalid request', explain, { code, errors: [{ field: 'quantity', problem: explain }], proposal })
      }
    }
  },
})
