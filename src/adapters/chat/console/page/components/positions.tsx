import { useComputed } from '@preact/signals'
import { closePosition, closing, why } from '../actions.ts'
import { arrows, change, direction, duration, money, plain, price, ratio, read, shares, signedPercent } from '../format.ts'
import { lastOf, livePnl, progress } from '../plan.ts'
import { isStale } from '../running-clock.ts'
import { live, loaded, now, positions, quoteOf, state } from '../store.ts'
import type { Position } from '../wire.ts'

function Pnl({ position: p }: { readonly position: Position }) {
  const last = lastOf(quoteOf(p.symbol).value)
  const pnl = livePnl(p, last ?? p.current_price)
  const cost = read(p.entry_price)?.times(read(p.quantity) ?? '0') ?? null
  const way = direction(pnl)
  return (
    <span class={`pnl ${way}`} data-testid="position-pnl">
      <span class="arrow" aria-hidden="true">
        {arrows[way]}
      </span>
      {change(pnl)} <small>{signedPercent(ratio(pnl, cost), 2)}</small>
    </span>
  )
}

function Price({ position: p }: { readonly position: Position }) {
  const quote = quoteOf(p.symbol).value
  // Only this cell follows the clock, and only redraws when the answer changes.
  const stale = useComputed(
    () => !live.value || isStale(quoteOf(p.symbol).value?.at, now.value, state.value?.quote_max_age_seconds ?? 15),
  ).value
  return <span class={stale ? 'stale' : ''}>{price(lastOf(quote) ?? p.current_price)}</span>
}

/** Where the price stands between its stop and its target. */
function Ladder({ position: p }: { readonly position: Position }) {
  const at = progress(p.stop_loss, p.take_profit, lastOf(quoteOf(p.symbol).value) ?? p.current_price)
  const entry = progress(p.stop_loss, p.take_profit, p.entry_price)
  return (
    <span class="ladder">
      <span>{p.stop_loss === null ? 'no stop' : `stop ${price(p.stop_loss)}`}</span>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="rail" y="3" width="100" height="2" />
        {entry !== null && <rect class="entry" x={entry * 99} y="1" width="1" height="6" />}
        {at !== null && <rect class="now" x={at * 97} y="0" width="3" height="8" rx="1" />}
      </svg>
      <span>{p.take_profit === null ? 'no target' : `target ${price(p.take_profit)}`}</span>
    </span>
  )
}

function Row({ position: p }: { readonly position: Position }) {
  const said = closing.value.get(p.id)
  const age = useComputed(() => {
    const ms = now.value - Date.parse(p.opened_at)
    const step = ms < 60_000 ? 1_000 : 10_000
    return duration(Math.floor(ms / step) * step)
  }).value
  return (
    <li class="position" data-testid="position-row" data-symbol={p.symbol}>
      <div class="position-top">
        <button type="button" class="symbol" onClick={() => why(p.id)} title="Why this position?">
          {plain(p.symbol)}
        </button>
        <span class="muted">
          {p.side === 'short' && 'Short '}
          {shares(p.quantity)} at {price(p.entry_price)}
        </span>
        <Pnl position={p} />
      </div>
      <div class="position-middle">
        <Price position={p} />
        <Ladder position={p} />
      </div>
      <div class="position-foot">
        <span class={p.protected ? 'muted' : 'bad'}>{p.protected ? '✓ protected' : '⚠ no working stop'}</span>
        <span class="muted">{said ?? `open ${age}`}</span>
        <button
          type="button"
          class="button small"
          aria-label={`Close ${plain(p.symbol)}`}
          onClick={() => closePosition(p.id)}
          disabled={said === 'Closing…' || said === 'Close sent'}
        >
          Close
        </button>
      </div>
    </li>
  )
}

function Total() {
  const total = useComputed(() =>
    positions.value.reduce((sum, p) => sum?.plus(livePnl(p, lastOf(quoteOf(p.symbol).value) ?? p.current_price) ?? '0') ?? null, read('0')),
  ).value
  const way = direction(total)
  return (
    <span class={`pnl ${way}`}>
      <span class="arrow" aria-hidden="true">
        {arrows[way]}
      </span>
      {change(total)}
    </span>
  )
}

export function Positions() {
  const open = positions.value
  const s = state.value
  return (
    <section class="view" aria-labelledby="positions-title">
      <div class="view-head">
        <h2 id="positions-title">Positions</h2>
        <span class="muted grow">
          {open.length} open{s ? ` · ${money(s.buying_power, 0)} buying power` : ''}
        </span>
        {open.length > 0 && <Total />}
      </div>
      {open.length === 0 ? (
        <div class="empty">
          <b>{loaded.value ? 'No open positions.' : 'Fetching positions…'}</b>
          {loaded.value && <p>Approve a card and its fill appears here, with its stop, its target and a running result.</p>}
        </div>
      ) : (
        <ul class="positions">
          {open.map((p) => (
            <Row key={p.id} position={p} />
          ))}
        </ul>
      )}
    </section>
  )
}
