import { type Decision, decided, type Evolution, refused } from './decision.ts'

export type TradingStateName = 'active' | 'paused' | 'halted'
export type ApprovalMode = 'supervised' | 'autonomous'

export interface TradingState {
  readonly state: TradingStateName
  readonly mode: ApprovalMode
  /** Grows with each halt: an entry prepared under an older epoch is never sent. */
  readonly epoch: number
  readonly cause: string | null
  readonly by: string | null
  readonly since: string | null
  /** While halted: everything is to be closed, and has not been seen closed yet. */
  readonly flattening?: { readonly by: string; readonly since: string }
}

export type TradingStateEvent =
  | { readonly type: 'TradingPaused'; readonly by: string; readonly cause: string; readonly at: string }
  | { readonly type: 'TradingHalted'; readonly by: string; readonly cause: string; readonly at: string; readonly epoch: number }
  | { readonly type: 'TradingResumed'; readonly by: string; readonly reason: string; readonly at: string }
  | { readonly type: 'FlattenOrdered'; readonly by: string; readonly at: string }
  /** No order and no position at the broker, at two looks, and nothing whose fate is unknown. */
  | { readonly type: 'FlatVerified'; readonly at: string }
  | { readonly type: 'ModeChanged'; readonly by: string; readonly mode: ApprovalMode; readonly at: string }

function notFlattening({ flattening: _, ...state }: TradingState): TradingState {
  return state
}

export const tradingStateEvolution: Evolution<TradingState, TradingStateEvent> = {
  initial: () => ({ state: 'active', mode: 'supervised', epoch: 0, cause: null, by: null, since: null }),
  evolve(state, event) {
    switch (event.type) {
      case 'TradingPaused':
        return { ...state, state: 'paused', cause: event.cause, by: event.by, since: event.at }
      case 'TradingHalted':
        return { ...state, state: 'halted', epoch: event.epoch, cause: event.cause, by: event.by, since: event.at }
      case 'TradingResumed':
        return { ...notFlattening(state), state: 'active', cause: null, by: event.by, since: event.at }
      case 'FlattenOrdered':
        return { ...state, flattening: { by: event.by, since: event.at } }
      case 'FlatVerified':
        return notFlattening(state)
      case 'ModeChanged':
        return { ...state, mode: event.mode }
    }
  },
}

/** Pausing what is halted would loosen it: refused. Pausing twice changes nothing. */
export function pauseTrading(state: TradingState, by: string, cause: string, at: string): Decision<TradingStateEvent> {
  if (state.state === 'halted') return refused('HALTED', 'trading is halted, which is stricter than paused')
  if (state.state === 'paused') return decided()
  return decided({ type: 'TradingPaused', by, cause, at })
}

/** Never refused and idempotent: the first cause stays, the epoch grows once. */
export function haltTrading(state: TradingState, by: string, cause: string, at: string): Decision<TradingStateEvent> {
  if (state.state === 'halted') return decided()
  return decided({ type: 'TradingHalted', by, cause, at, epoch: state.epoch + 1 })
}

export function resumeTrading(state: TradingState, by: string, reason: string, at: string): Decision<TradingStateEvent> {
  if (state.state === 'active') return decided()
  if (state.state === 'halted' && reason.trim() === '')
    return refused('REASON_REQUIRED', 'resuming from a halt needs a reason: /resume <reason>')
  return decided({ type: 'TradingResumed', by, reason, at })
}

/** Only a halt keeps it so: while trading is active, what is bought later is meant to stay. */
export function orderFlatten(state: TradingState, by: string, at: string): Decision<TradingStateEvent> {
  if (state.state !== 'halted' || state.flattening) return decided()
  return decided({ type: 'FlattenOrdered', by, at })
}

export function verifyFlat(state: TradingState, at: string): Decision<TradingStateEvent> {
  return state.flattening ? decided({ type: 'FlatVerified', at }) : decided()
}

export function changeMode(state: TradingState, by: string, mode: ApprovalMode, at: string): Decision<TradingStateEvent> {
  if (state.mode === mode) return decided()
  return decided({ type: 'ModeChanged', by, mode, at })
}
