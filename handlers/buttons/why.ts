import { defineButton } from '../../src/app/button.ts'
import { whyCard } from '../../src/app/cards/why.ts'

export const button = defineButton({
  name: 'why',
  role: 'viewer',
  run: (call) => whyCard(call, call.target),
})
