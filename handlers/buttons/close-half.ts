import { defineButton } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { closingHalfCard } from '../../src/app/cards/closing.ts'
import { quantity } from '../../src/domain/decimal.ts'

export const button = defineButton({
  name: 'close-half',
  role: 'approver',
  async run(call) {
    const { app, target, meta } = call
    // `<position id>:<shares on the card>`: half of what the card said, or nothing.
    const [id = '', shares = ''] = target.split(':')
    const position = await app.read.position(id)
    if (!position || !/^\d{1,12}(\.\d{1,9})?$/.test(shares))
      return refusal(call, 'There is no such position', 'NOT_FOUND', 'Nothing was closed.')
    return closingHalfCard(call, position, await app.closeHalf(position.id, quantity(shares), meta))
  },
})
