import { defineButton } from '../../src/app/button.ts'
import { refusal, reply } from '../../src/app/card.ts'

/** A person's word on an order whose answer was lost: nothing here would ever conclude that by itself. */
export const button = defineButton({
  name: 'not-there',
  role: 'approver',
  async run(call) {
    const { app, target, meta } = call
    const order = await app.read.order(target)
    if (!order) return refusal(call, 'There is no such order', 'NOT_FOUND', 'Nothing was changed.')
    const outcome = await app.giveUpOrder(order.id, meta)
    const trade = `${order.side} ${order.quantity.toFixed()} ${order.symbol}`
    if (outcome === 'found')
      return reply(call, { tone: 'warning', title: `It is there: ${trade}`, lines: ['The broker has it; the books follow.'] })
    if (outcome === 'settled') return refusal(call, `Settled before: ${trade}`, 'SETTLED', 'Its fate is known; nothing was changed.')
    return reply(call, { tone: 'good', title: `Off the books: ${trade}`, lines: ['Should it turn up after all, it is taken up again.'] })
  },
})
