import { defineButton } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { closingCard } from '../../src/app/cards/closing.ts'

export const button = defineButton({
  name: 'flatten',
  role: 'approver',
  async run(call) {
    const { app, target, meta } = call
    if (target === 'all') return closingCard(call, await app.flatten('manual', meta))
    const position = await app.read.position(target)
    if (!position) return refusal(call, 'There is no such position', 'NOT_FOUND', 'Nothing was closed.')
    return closingCard(call, await app.closePosition(position.id, 'manual', meta))
  },
})
