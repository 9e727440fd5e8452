import { defineButton } from '../../src/app/button.ts'
import { outcomeCard } from '../../src/app/cards/outcome.ts'

export const button = defineButton({
  name: 'snooze',
  role: 'approver',
  run: async (call) => outcomeCard(call, await call.app.snooze(call.target, call.meta)),
})
