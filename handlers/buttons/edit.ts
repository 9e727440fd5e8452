import { defineButton, parseProposalTarget } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'
import { readTerms, termsForm } from '../../src/app/proposal-form.ts'
import { checkPending } from '../../src/domain/proposal-decisions.ts'

export const button = defineButton({
  name: 'edit',
  role: 'approver',
  async form(call) {
    const { app, target, meta } = call
    const wanted = parseProposalTarget(target)
    const proposal = wanted && (await app.read.proposal(wanted.id))
    if (!wanted || !proposal) return outcomeCard(call, { outcome: 'not_found' })
    const stale = checkPending(proposal, { version: wanted.version, at: meta.occurredAt })
    return stale ? outcomeCard(call, { outcome: 'refused', proposal, refusal: stale }) : termsForm(proposal)
  },
  async run(call) {
    const { app, target, values, meta } = call
    const wanted = parseProposalTarget(target)
    if (!wanted) return refusal(call, 'This button is not one of ours', 'BAD_BUTTON', 'Nothing was edited.')
    const terms = readTerms(wanted.version, values)
    if ('code' in terms) return refusal(call, 'Nothing was edited', terms.code, terms.explain)
    return outcomeCard(call, await app.revise(wanted.id, terms, meta))
  },
})
