import { defineButton } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'
import { cleaned } from '../../src/app/fields.ts'
import { formTitle } from '../../src/app/proposal-form.ts'

const longest = 500

export const button = defineButton({
  name: 'decline-note',
  role: 'approver',
  async form(call) {
    const proposal = await call.app.read.proposal(call.target)
    if (!proposal) return outcomeCard(call, { outcome: 'not_found' })
    const note = { name: 'note', label: 'Why was it rejected?', long: true, required: true, value: '', hint: 'It changes nothing more.' }
    return { title: formTitle(`Rejected ${proposal.symbol}`), submit: 'Keep', fields: [{ ...note, maxLength: longest }] }
  },
  async run(call) {
    const words = cleaned(call.values['note'] ?? '').slice(0, longest)
    if (words === '') return refusal(call, 'Nothing was written', 'NO_REASON', 'The rejection stands without a reason.')
    return outcomeCard(call, await call.app.giveReason(call.target, words, call.meta))
  },
})
