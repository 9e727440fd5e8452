import type { CardButton } from '../../ports/chat.ts'
import { type PnlPeriod, pnlPeriods } from '../pnl-report.ts'

const labels: { readonly [K in PnlPeriod]: string } = { today: 'Today', week: 'Week', month: 'Month', year: 'Year', all: 'All' }

/** The same command for each period; the one that is shown asks for itself again. */
export const periodButtons = (command: string, current: PnlPeriod): readonly CardButton[] =>
  pnlPeriods.map((period) => ({
    id: `show:${command}.${period}`,
    label: period === current ? 'Refresh' : labels[period],
    style: 'plain',
  }))

export const refreshButton = (command: string): CardButton => ({ id: `show:${command}`, label: 'Refresh', style: 'plain' })
