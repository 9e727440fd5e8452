import { defineButton, parseProposalTarget } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'

export const button = defineButton({
  name: 'approve',
  role: 'approver',
  async run(call) {
    const { app, target, meta } = call
    const proposal = parseProposalTarget(target)
    if (!proposal) return refusal(call, 'This button is not one of ours', 'BAD_BUTTON', 'Nothing was approved.')
    return outcomeCard(call, await app.approve(proposal.id, { version: proposal.version }, meta))
  },
})
