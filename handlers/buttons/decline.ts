import { defineButton } from '../../src/app/button.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'

export const button = defineButton({
  name: 'decline',
  role: 'approver',
  async run(call) {
    return outcomeCard(call, await call.app.decline(call.target, null, call.meta))
  },
})
