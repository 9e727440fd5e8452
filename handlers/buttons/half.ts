import { defineButton, parseProposalTarget } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'
import { percentOf, type Quantity, roundDown, zero } from '../../src/domain/decimal.ts'

export const button = defineButton({
  name: 'half',
  role: 'approver',
  async run(call) {
    const { app, target, meta } = call
    const wanted = parseProposalTarget(target)
    if (!wanted) return refusal(call, 'This button is not one of ours', 'BAD_BUTTON', 'Nothing was approved.')
    const proposal = await app.read.proposal(wanted.id)
    if (!proposal) return outcomeCard(call, { outcome: 'not_found' })
    // Half of what the card of that version offered; another version is refused by the approval itself.
    const quantity = roundDown(percentOf(proposal.terms.quantity, '50'), 0) as Quantity
    if (quantity.lte(zero)) return refusal(call, 'There is no half of one share', 'QUANTITY_OUT_OF_RANGE', 'Approve or reject it whole.')
    return outcomeCard(call, await app.approve(wanted.id, { version: wanted.version, quantity }, meta))
  },
})
