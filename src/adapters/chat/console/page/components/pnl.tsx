import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { explain, get } from '../api.ts'
import { arrows, change, direction, money, percent, plain, ratio, read, signedPercent } from '../format.ts'
import { deepest, drawdown } from '../series.ts'
import { live, orders, positions } from '../store.ts'
import { type Group, type Period, type Pnl, periods } from '../wire.ts'
import { DayBars, EquityChart } from './equity-chart.tsx'

const names: Readonly<Record<Period, string>> = { today: 'Today', week: 'Week', month: 'Month', year: 'Year', all: 'All' }
const period = signal<Period>('today')
const data = signal<Pnl | null>(null)
const problem = signal<string | null>(null)

/** How often the figures are asked for again while the view is open, milliseconds. */
const every = 15_000

async function load(wanted: Period): Promise<void> {
  try {
    const fresh = await get<Pnl>(`/api/v1/pnl?period=${wanted}`)
    if (period.value !== wanted) return
    data.value = fresh
    problem.value = null
  } catch (error) {
    problem.value = explain(error)
  }
}

function Switch() {
  return (
    <fieldset class="switch">
      <legend class="sr">Period</legend>
      {periods.map((p) => (
        <button key={p} type="button" aria-pressed={period.value === p} onClick={() => (period.value = p)}>
          {names[p]}
        </button>
      ))}
    </fieldset>
  )
}

function Groups({ title, groups }: { readonly title: string; readonly groups: readonly Group[] }) {
  if (groups.length === 0) return null
  return (
    <table class="table">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Realized</th>
          <th scope="col">Fees</th>
          <th scope="col">Trades</th>
          <th scope="col">Won</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((g) => {
          const way = direction(read(g.realized_pnl))
          return (
            <tr key={g.name}>
              <th scope="row">{plain(g.name).replaceAll('_', ' ')}</th>
              <td class={way}>
                {arrows[way]} {change(g.realized_pnl)}
              </td>
              <td>{money(g.fees)}</td>
              <td>{g.trades}</td>
              <td>{percent(ratio(read(String(g.wins)), read(String(g.trades))), 0)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Figures({ pnl }: { readonly pnl: Pnl }) {
  const way = direction(read(pnl.net_pnl))
  const low = deepest(drawdown(pnl.equity))
  return (
    <dl class="tiles">
      <div class="wide">
        <dt>Closed trades, net of fees</dt>
        <dd class={`big ${way}`}>
          {arrows[way]} {change(pnl.net_pnl)}
        </dd>
      </div>
      <div>
        <dt>Realized</dt>
        <dd>{change(pnl.realized_pnl)}</dd>
      </div>
      <div>
        <dt>Open</dt>
        <dd>{change(pnl.unrealized_pnl)}</dd>
      </div>
      <div>
        <dt>Fees</dt>
        <dd>{money(pnl.fees)}</dd>
      </div>
      <div>
        <dt>Trades</dt>
        <dd>{pnl.trades}</dd>
      </div>
      <div>
        <dt>Won</dt>
        <dd>{pnl.trades === 0 ? '–' : percent(ratio(read(String(pnl.wins)), read(String(pnl.trades))), 0)}</dd>
      </div>
      <div>
        <dt>Deepest fall</dt>
        <dd>{signedPercent(read(low.toFixed(4)), 2)}</dd>
      </div>
    </dl>
  )
}

export function PnlView() {
  const [, again] = useState(0)
  const wanted = period.value
  // A fill or a close changes the figures at once; otherwise the clock asks.
  const changes = `${positions.value.map((p) => p.id).join()} ${orders.value[0]?.id ?? ''} ${orders.value[0]?.status ?? ''} ${live.value}`
  useEffect(() => {
    void load(wanted)
    const timer = setInterval(() => {
      void load(wanted)
      again((n) => n + 1)
    }, every)
    return () => clearInterval(timer)
  }, [wanted, changes])
  const pnl = data.value
  return (
    <section class="view pnl-view" aria-labelledby="pnl-title">
      <div class="view-head">
        <h2 id="pnl-title" class="grow">
          P&L
        </h2>
        <Switch />
        <a class="button small" href="/api/v1/trades.csv" download="trades.csv">
          CSV
        </a>
      </div>
      {problem.value !== null && <p class="problem">⚠ {problem.value}</p>}
      {pnl === null ? (
        <p class="empty">Fetching results…</p>
      ) : (
        <>
          <Figures pnl={pnl} />
          {pnl.equity.length > 1 ? (
            <EquityChart equity={pnl.equity} />
          ) : (
            <p class="empty">The equity curve starts with the second snapshot of the account, within a minute or two.</p>
          )}
          {pnl.days.length > 1 && <DayBars days={pnl.days} />}
          <Groups title="By symbol" groups={pnl.by_symbol} />
          <Groups title="By category" groups={pnl.by_category} />
          {pnl.trades === 0 && <p class="empty">No closed trades in this period. The first one fills the tables here.</p>}
        </>
      )}
    </section>
  )
}
