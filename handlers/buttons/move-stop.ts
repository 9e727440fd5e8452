import { defineButton } from '../../src/app/button.ts'
import { refusal, reply } from '../../src/app/card.ts'
import { stopMoveCard } from '../../src/app/cards/closing.ts'
import { formTitle, numberField, readNumber } from '../../src/app/proposal-form.ts'
import type { Price } from '../../src/domain/decimal.ts'
import { tickDown } from '../../src/domain/risk/limits.ts'

export const button = defineButton({
  name: 'move-stop',
  role: 'approver',
  async form(call) {
    const position = await call.app.read.position(call.target)
    if (!position) return refusal(call, 'There is no such position', 'NOT_FOUND', 'Nothing was moved.')
    const { symbol, side, stopLoss, entryPrice, status } = position
    if (status === 'closed') return reply(call, { tone: 'warning', title: `The position in ${symbol} is closed` })
    if (stopLoss === null) return refusal(call, `${symbol} has no stop to move`, 'NO_STOP', 'Close it instead.')
    const way = side === 'long' ? 'above' : 'below'
    // What one would want most often: nothing more to lose.
    const even = tickDown(entryPrice)
    const better = side === 'long' ? even.gt(stopLoss) : even.lt(stopLoss)
    const field = numberField(
      'stop',
      `Stop, ${way} $${stopLoss.toFixed()}`,
      (better ? even : stopLoss).toFixed(),
      'It only moves toward profit',
    )
    return { title: formTitle(`Move stop of ${symbol}`), submit: 'Move stop', fields: [field] }
  },
  async run(call) {
    const { app, target, values, meta } = call
    const stop = readNumber(values['stop'] ?? '')
    if (stop === null) return refusal(call, 'Nothing was moved', 'NOT_A_NUMBER', 'stop: must be a number like 187.25')
    return stopMoveCard(call, await app.moveStop(target, stop as Price, meta))
  },
})
