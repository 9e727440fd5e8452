import { defineButton } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { closingHalfCard } from '../../src/app/cards/closing.ts'

export const button = defineButton({
  name: 'close-half',
  role: 'approver',
  async run(call) {
    const { app, target, meta } = call
    const position = await app.read.position(target)
    if (!position) return refusal(call, 'There is no such position', 'NOT_FOUND', 'Nothing was closed.')
    return closingHalfCard(call, position, await app.closeHalf(position.id, meta))
  },
})
