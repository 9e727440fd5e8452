import { arrows, change, clockTime, direction, money, ratio, read, signedPercent } from '../format.ts'
import { now, state } from '../store.ts'
import { helpOpen } from '../view.ts'
import type { State } from '../wire.ts'
import { ThemeButton } from './theme-button.tsx'

const tradingWords = { active: ['●', 'Active'], paused: ['❙❙', 'Paused'], halted: ['■', 'Halted'] } as const
const sessions = { pre: 'Pre-market', regular: 'Market open', post: 'After hours', closed: 'Market closed' } as const
const banners = { SIM: 'Simulated money and market', PAPER: 'Paper account: no real money', LIVE: 'Live: real money' } as const

function Clock() {
  const s = state.value
  // Whose clock it is matters: nothing is shown until the server's is known.
  if (s === null) return <span class="clock" />
  return (
    <span class="clock" title={sessions[s.session]}>
      <b>{clockTime(now.value)}</b> New York{s.speed !== 1 ? <span class="speed"> ×{s.speed}</span> : null}
      <span class="session">{sessions[s.session]}</span>
    </span>
  )
}

function TradingState({ s }: { readonly s: State }) {
  const [mark, word] = tradingWords[s.trading_state]
  return (
    <span class={`pill state-${s.trading_state}`} data-testid="trading-state" data-state={s.trading_state} role="status">
      <span aria-hidden="true">{mark}</span> {word}
      {s.reconciling && <span class="sub">checking the books</span>}
      {s.approval_mode === 'autonomous' && <span class="sub">autonomous</span>}
    </span>
  )
}

function Budget({ s }: { readonly s: State }) {
  const [left, whole] = [read(s.loss_budget_left), read(s.loss_budget)]
  const share = ratio(left, whole)
  if (left === null || share === null) return null
  const percentLeft = Math.max(0, Math.min(100, Number(share.toFixed(1))))
  return (
    <div class="figure budget">
      <span class="label">
        <span>Loss budget left</span>
        <i>Budget left</i>
      </span>
      <span class="value">{money(left, 0)}</span>
      <span class="of"> of {money(whole, 0)}</span>
      <meter class={percentLeft < 25 ? 'low' : ''} min={0} max={100} value={percentLeft} aria-label="Daily loss budget left" />
    </div>
  )
}

function Figures({ s }: { readonly s: State }) {
  const pnl = read(s.day_pnl)
  const before = pnl && read(s.equity)?.minus(pnl)
  const way = direction(pnl)
  return (
    <div class="figures">
      <div class="figure">
        <span class="label">Equity</span>
        <span class="value" data-testid="equity">
          {money(s.equity)}
        </span>
      </div>
      <div class="figure">
        <span class="label">Today</span>
        <span class={`value ${way}`}>
          <span class="arrow" aria-hidden="true">
            {arrows[way]}
          </span>
          {change(s.day_pnl)}
          <span class="of"> {signedPercent(ratio(pnl, before ?? null), 2)}</span>
        </span>
      </div>
      <Budget s={s} />
    </div>
  )
}

/** What must be known at every moment: whose money, whether it trades, how much there is, how the day goes. */
export function TopBar() {
  const s = state.value
  return (
    <header class="top" data-testid="top-bar">
      {s?.mode === 'LIVE' && (
        <div class="real-money" data-testid="real-money">
          Live: real money
        </div>
      )}
      <div class="top-row">
        <h1 class="brand">Catalyst</h1>
        {s && (
          <>
            <span class={`pill mode mode-${s.mode}`} title={banners[s.mode]} data-testid="mode">
              {s.mode}
            </span>
            <TradingState s={s} />
          </>
        )}
        <Clock />
        <span class="tools">
          <ThemeButton />
          <button
            type="button"
            class="icon"
            aria-label="Help and settings"
            title="Help and settings (?)"
            onClick={() => (helpOpen.value = true)}
          >
            ?
          </button>
        </span>
      </div>
      {s ? <Figures s={s} /> : <div class="figures waiting">Fetching the account…</div>}
    </header>
  )
}
