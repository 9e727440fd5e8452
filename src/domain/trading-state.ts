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
}

export type TradingStateEvent =
  | { readonly type: 'TradingPaused'; readonly by: string; readonly cause: string; readonly at: string }
  | { readonly type: 'TradingHalted'; readonly by: string; readonly cause: string; readonly at: string; readonly epoch: number }
  | { readonly type: 'TradingResumed'; readonly by: string; readonly reason: string; readonly at: string }
  | { readonly type: 'ModeChanged'; readonly by: string; readonly mode: ApprovalMode; readonly at: string }

export const tradingStateEvolution: Evolution<TradingState, TradingStateEvent> = {
  initial: () => ({ state: 'active', mode: 'supervised', epoch: 0, cause: null, by: null, since: null }),
  evolve(state, event) {
    switch (event.type) {
      case 'TradingPaused':
        return { ...state, state: 'paused', cause: event.cause, by: event.by, since: event.at }
      case 'TradingHalted':
        return { ...state, state: 'halted', epoch: event.epoch, cause: event.cause, by: event.by, since: event.at }
      case 'TradingResumed':
        return { ...state, state: 'active', cause: null, by: event.by, since: event.at }
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

export function changeMode(state: TradingState, by: string, mode: ApprovalMode, at: string): Decision<TradingStateEvent> {
  if (state.mode === mode) return decided()
  return decided({ type: 'ModeChanged', by, mode, at })
}
