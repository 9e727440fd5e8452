import { useState } from 'preact/hooks'
import { approve, decline, outcomes } from '../actions.ts'
import { duration, money, percent, plain, price, ratio, read, shares, signedPercent } from '../format.ts'
import { isOpen } from '../lists.ts'
import { distance, half, lastOf, payoff } from '../plan.ts'
import { desktop } from '../preferences.ts'
import { isStale } from '../running-clock.ts'
import { justShifted, live, now, orders, quoteOf, state, you } from '../store.ts'
import { anew, orderWords, verdict } from '../verdict.ts'
import { readied, select, selected } from '../view.ts'
import type { Proposal } from '../wire.ts'
import { More } from './card-more.tsx'
import { Catalyst } from './catalyst.tsx'
import { LazyChart } from './chart.tsx'
import { Countdown } from './countdown.tsx'
import { Denials, Warnings } from './denials.tsx'
import { Score } from './score.tsx'

interface Props {
  readonly proposal: Proposal
}

export function sideWords(p: Proposal): string {
  return p.side === 'buy' ? '▲ Buy' : p.intent === 'reduce' ? '▼ Sell to close' : '▼ Sell short'
}

/** The newest price; grey and dated when it is too old to act on. */
export function LivePrice({ symbol }: { readonly symbol: string }) {
  const quote = quoteOf(symbol).value
  const last = lastOf(quote)
  if (quote === null || last === null) return <span class="live-price stale">no quote yet</span>
  const stale = !live.value || isStale(quote.at, now.value, state.value?.quote_max_age_seconds ?? 15)
  return (
    <span class={`live-price ${stale ? 'stale' : ''}`} data-testid="live-price">
      {price(last)}
      {stale && <small> {duration(now.value - Date.parse(quote.at))} old</small>}
    </span>
  )
}

/** On every card, too: somebody scrolls, and the header is not where the thumb is. The simulator needs no reminder there. */
function MoneyMode() {
  const mode = state.value?.mode
  if (mode === undefined || mode === 'SIM') return null
  return (
    <span class={`pill mode mode-${mode}`} data-testid="card-mode">
      {mode}
    </span>
  )
}

function Head({ proposal: p }: Props) {
  return (
    <header class="card-head">
      <h3>
        {plain(p.symbol)} <MoneyMode /> {p.company && <span class="company">{plain(p.company)}</span>}
      </h3>
      <LivePrice symbol={p.symbol} />
    </header>
  )
}

function Money({ proposal: p }: Props) {
  const equity = read(state.value?.equity)
  return (
    <div class="risk">
      <span class="risk-amount" data-testid="risk-amount">
        {money(p.risk_amount)}
      </span>
      <span class="risk-words">
        at risk
        <br />
        <b>{percent(ratio(read(p.risk_amount), equity), 2)}</b> of equity
      </span>
      <span class="risk-words notional" title={`${percent(ratio(read(p.notional), equity))} of equity, sized by ${plain(p.sized_by)}`}>
        {money(p.notional, 0)}
        <br />
        in all
      </span>
    </div>
  )
}

export function Levels({ proposal: p }: Props) {
  const reward = payoff(p)
  return (
    <dl class="levels">
      <div class="stop">
        <dt>▼ Stop</dt>
        <dd>
          {price(p.stop_loss)} <small>{signedPercent(distance(p.stop_loss, p.limit_price))}</small>
        </dd>
      </div>
      <div class="target">
        <dt>▲ Target</dt>
        <dd>
          {price(p.take_profit)} <small>{signedPercent(distance(p.take_profit, p.limit_price))}</small>
        </dd>
      </div>
      <div>
        <dt title="What the target earns for each dollar that the stop loses">Reward</dt>
        <dd>{reward === null ? '–' : `${reward.toFixed(1)}×`}</dd>
      </div>
    </dl>
  )
}

/** What has become of the tap, on the card itself. */
function Progress({ proposal: p }: Props) {
  const outcome = outcomes.value.get(p.id)
  const settled = p.status === 'pending' ? null : (orderWords(p, orders.value) ?? verdict(p, you.value))
  const fresh = anew(p, you.value)
  const [tone, mark, words] =
    outcome !== undefined
      ? ([
          outcome.kind === 'sending' ? 'neutral' : outcome.kind === 'failed' || outcome.kind === 'denied' ? 'bad' : 'warning',
          outcome.kind === 'sending' ? '…' : '⚠',
          outcome.words,
        ] as const)
      : settled === null
        ? fresh === null
          ? (['neutral', '', ''] as const)
          : (['warning', '↻', fresh] as const)
        : ([settled.tone, settled.mark, `${settled.word} ${settled.detail}`] as const)
  return (
    <p class={`progress ${tone}`} role="status" hidden={words === ''}>
      <span aria-hidden="true">{mark}</span> {words}
    </p>
  )
}

function Actions({ proposal: p, more, toggleMore }: Props & { readonly more: boolean; readonly toggleMore: () => void }) {
  const sending = outcomes.value.get(p.id)?.kind === 'sending'
  const open = p.status === 'pending' && Date.parse(p.expires_at) > now.value
  const trading = state.value?.trading_state === 'active'
  const some = half(p.quantity)
  const off = !live.value || sending || !open || !trading
  // A tap meant for a card that has just closed must not land on the one that moved into its place.
  const tap = (act: () => void) => (event: MouseEvent) => {
    if (event.detail === 0 || !justShifted()) act()
  }
  const why = !live.value ? 'Disconnected' : trading ? undefined : `Trading is ${state.value?.trading_state ?? 'stopped'}`
  return (
    <div class="actions">
      {p.status === 'pending' && (
        <>
          <button
            type="button"
            class="button approve"
            data-testid="approve"
            disabled={off}
            title={why}
            onClick={tap(() => void approve(p))}
          >
            {readied.value === p.id ? 'Enter to approve' : p.denials.length > 0 ? 'Try again' : 'Approve'}
          </button>
          <button
            type="button"
            class="button"
            data-testid="half"
            disabled={off || some === null}
            aria-label={some === null ? '½: too few shares' : `½ (${some}): approve half the shares`}
            onClick={tap(() => some !== null && void approve(p, some))}
          >
            ½{some === null ? '' : ` (${some})`}
          </button>
        </>
      )}
      {isOpen(p) && (
        <button
          type="button"
          class="button reject"
          data-testid="reject"
          disabled={!live.value || sending}
          onClick={tap(() => void decline(p))}
        >
          {p.status === 'armed' ? 'Withdraw' : 'Reject'}
        </button>
      )}
      <button type="button" class="button" data-testid="more" aria-expanded={more} onClick={toggleMore}>
        More
      </button>
    </div>
  )
}

/** One decision. On a desk the chart and the score stand beside it, larger. */
export function ProposalCard({ proposal: p }: Props) {
  const [more, setMore] = useState(false)
  const chosen = desktop.value && selected.value?.id === p.id
  return (
    <article
      class={`card ${p.status} ${chosen ? 'chosen' : ''} ${readied.value === p.id ? 'readied' : ''}`}
      data-testid="proposal-card"
      data-id={p.id}
      data-status={p.status}
      aria-label={`${sideWords(p)} ${plain(p.symbol)}`}
      onPointerDown={() => select(p.id)}
      onFocusIn={() => select(p.id)}
    >
      <Head proposal={p} />
      <Denials denials={p.denials} />
      <p class="order-line">
        <b class={`side ${p.side}`}>{sideWords(p)}</b> <b>{shares(p.quantity)}</b> at {price(p.limit_price)}{' '}
        <span class="muted">
          {p.side === 'buy' ? 'up to' : 'down to'} {price(p.ceiling_price)}
        </span>
      </p>
      <Money proposal={p} />
      <Levels proposal={p} />
      {!desktop.value && <LazyChart proposal={p} />}
      <Catalyst proposal={p} />
      {!desktop.value && <Score factors={p.factors} score={p.catalyst_score} confidence={p.confidence} />}
      <Warnings warnings={p.warnings ?? []} />
      <Countdown proposal={p} />
      <Progress proposal={p} />
      <Actions proposal={p} more={more} toggleMore={() => setMore(!more)} />
      {more && <More proposal={p} />}
    </article>
  )
}
