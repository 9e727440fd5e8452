import { defineButton } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'
import { declineWords } from '../../src/domain/decline-reasons.ts'

export const button = defineButton({
  name: 'decline-reason',
  role: 'approver',
  async run(call) {
    const [, id = '', code = ''] = /^([\w.-]{1,64}):([a-z-]{1,30})$/.exec(call.target) ?? []
    const words = declineWords(code)
    if (words === null) return refusal(call, 'This button is not one of ours', 'BAD_BUTTON', 'No reason was kept; the rejection stands.')
    return outcomeCard(call, await call.app.giveReason(id, words, call.meta))
  },
})
