import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../src/domain/decision.ts'
import {
  changeMode,
  haltTrading,
  orderFlatten,
  pauseTrading,
  resumeTrading,
  type TradingState,
  type TradingStateEvent,
  tradingStateEvolution,
  verifyFlat,
} from '../../src/domain/trading-state.ts'
import { iso } from '../support/samples.ts'

type Order = (state: TradingState, at: string) => Decision<TradingStateEvent>
const orders: { readonly [name: string]: Order } = {
  pause: (s, at) => pauseTrading(s, 'me', 'lunch', at),
  kill: (s, at) => haltTrading(s, 'me', 'kill', at),
  resume: (s, at) => resumeTrading(s, 'me', 'all is well', at),
  'resume without a reason': (s, at) => resumeTrading(s, 'me', ' ', at),
  flatten: (s, at) => orderFlatten(s, 'me', at),
  'seen flat': (s, at) => verifyFlat(s, at),
  autonomous: (s, at) => changeMode(s, 'me', 'autonomous', at),
  supervised: (s, at) => changeMode(s, 'me', 'supervised', at),
}
const sequence = fc.array(fc.constantFrom(...Object.keys(orders)), { maxLength: 30 })
const run = (names: readonly string[], see: (name: string, before: TradingState, after: TradingState, ok: boolean) => void): void => {
  let state = tradingStateEvolution.initial('main')
  names.forEach((name, i) => {
    const decision = orders[name]?.(state, iso(i))
    if (!decision) throw new Error(name)
    const after = decision.ok ? decision.events.reduce(tradingStateEvolution.evolve, state) : state
    see(name, state, after, decision.ok)
    state = after
  })
}

describe('the trading state under any sequence of orders', () => {
  it('is halted after every kill, and the epoch grows once per halt', () => {
    fc.assert(
      fc.property(sequence, (names) => {
        run(names, (name, before, after, ok) => {
          if (name !== 'kill') return expect(after.epoch).toBe(before.epoch)
          expect([ok, after.state, after.epoch]).toEqual([true, 'halted', before.state === 'halted' ? before.epoch : before.epoch + 1])
        })
      }),
    )
  })

  it('is being flattened only while halted, from the order until it is seen flat', () => {
    fc.assert(
      fc.property(sequence, (names) => {
        run(names, (name, before, after) => {
          if (after.state !== 'halted') return expect(after.flattening).toBeUndefined()
          if (name === 'flatten') return expect(after.flattening).toBeDefined()
          expect(after.flattening).toEqual(name === 'seen flat' ? undefined : before.flattening)
        })
      }),
    )
  })

  it('leaves a halt only by a resume that gives its reason, and is never loosened by a pause', () => {
    fc.assert(
      fc.property(sequence, (names) => {
        run(names, (name, before, after) => {
          if (before.state === 'halted' && after.state !== 'halted') expect(name).toBe('resume')
        })
      }),
    )
  })

  it('does nothing the second time', () => {
    fc.assert(
      fc.property(sequence, fc.constantFrom(...Object.keys(orders)), (names, last) => {
        const states: TradingState[] = []
        run([...names, last, last], (_, __, after) => states.push(after))
        expect(states.at(-1)).toEqual(states.at(-2))
      }),
    )
  })
})
