import { type DecimalString, type Usd, usd } from './decimal.ts'
import type { Evolution } from './decision.ts'

/** A look at the whole account; one stream per exchange day (`2013-10-07`). All figures USD. */
export interface PortfolioDay {
  readonly date: string
  readonly startEquity: Usd | null
  readonly equity: Usd | null
}

export type PortfolioEvent =
  | {
      readonly type: 'PortfolioMarked'
      readonly at: string
      readonly equity: DecimalString
      readonly cash: DecimalString
      readonly longValue: DecimalString
      readonly shortValue: DecimalString
      readonly unrealizedPnl: DecimalString
      readonly openPositions: number
    }
  /** Charged to the account, for no trade in particular. USD, positive when paid. */
  | {
      readonly type: 'AccountFeeCharged'
      readonly feeId: string
      readonly kind: 'commission' | 'regulatory' | 'other'
      readonly amount: DecimalString
      readonly at: string
    }

export const portfolioEvolution: Evolution<PortfolioDay, PortfolioEvent> = {
  initial: (date) => ({ date, startEquity: null, equity: null }),
  evolve(state, event) {
    switch (event.type) {
      case 'PortfolioMarked':
        return { ...state, startEquity: state.startEquity ?? usd(event.equity), equity: usd(event.equity) }
      case 'AccountFeeCharged':
        return state
    }
  },
}
