import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { explain, get } from '../api.ts'
import { figure, money, plain, read } from '../format.ts'
import { orders, positions, state } from '../store.ts'
import type { Risk, RiskLine } from '../wire.ts'

const data = signal<Risk | null>(null)
const problem = signal<string | null>(null)
const every = 10_000

async function load(): Promise<void> {
  try {
    data.value = await get<Risk>('/api/v1/risk')
    problem.value = null
  } catch (error) {
    problem.value = explain(error)
  }
}

const counted = (unit: string | null): boolean => unit !== null && !/^(\$|usd|%|percent)$/i.test(unit)

/** A figure in the unit the check uses; things that are counted are named once, after the limit. */
function inUnit(value: string | number | null, unit: string | null): string {
  const amount = value === null ? null : read(String(value))
  if (amount === null) return value === null ? 'none' : plain(String(value))
  if (unit === '$' || unit?.toLowerCase() === 'usd') return money(amount, 0)
  const places = Math.min(amount.toFixed().split('.')[1]?.length ?? 0, 2)
  const digits = `${amount.lt(read('0') ?? amount) ? '−' : ''}${figure(amount, places)}`
  if (unit === '%' || unit === 'percent') return `${digits}%`
  return unit === null || unit === '' || unit === 'count' ? digits : `${digits} ${plain(unit)}`
}

const level = (share: number): readonly [string, string] =>
  share >= 1 ? ['full', '⊘ full'] : share >= 0.9 ? ['near', '⚠ almost full'] : share >= 0.75 ? ['near', '⚠ high'] : ['fine', '']

function Line({ line }: { readonly line: RiskLine }) {
  const share = Number.isFinite(line.share) ? Math.max(0, line.share) : 0
  const [tone, words] = level(share)
  return (
    <li class={`limit ${tone}`} data-code={line.code}>
      <div class="limit-head">
        <span>{plain(line.label)}</span>
        <span class="grow warn-words">{words}</span>
        <span>
          <b>{inUnit(line.used, counted(line.unit) ? null : line.unit)}</b> <span class="muted">of {inUnit(line.limit, line.unit)}</span>
        </span>
      </div>
      <svg
        class="limit-bar"
        viewBox="0 0 100 6"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${plain(line.label)}: ${Math.round(share * 100)}% used`}
      >
        <rect class="rail" width="100" height="6" />
        <rect class="used" width={Math.min(1, share) * 100} height="6" />
      </svg>
      <p class="muted">
        {plain(line.explain)}
        {line.left !== null && ` · ${inUnit(line.left, line.unit)} left`}
      </p>
    </li>
  )
}

export function RiskView() {
  const changes = `${positions.value.length} ${orders.value[0]?.status ?? ''} ${state.value?.trading_state ?? ''}`
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), every)
    return () => clearInterval(timer)
  }, [changes])
  const risk = data.value
  const next = risk?.items.find((i) => i.code === risk.trips_next)
  const tiers = [...new Set(risk?.items.map((i) => i.tier))]
  return (
    <section class="view" aria-labelledby="risk-title">
      <div class="view-head">
        <h2 id="risk-title">Risk</h2>
        {risk && (
          <span class="muted" data-testid="open-risk">
            At risk if every stop is hit: <b>{money(read(risk.open_risk))}</b>
          </span>
        )}
        {risk?.trips_next && (
          <span class="muted grow">
            Would trip next: <b>{plain(next?.label ?? risk.trips_next)}</b>
          </span>
        )}
      </div>
      {problem.value !== null && <p class="problem">⚠ {problem.value}</p>}
      {risk === null && <p class="empty">Fetching the limits…</p>}
      {tiers.map((tier) => (
        <div key={tier}>
          <h3 class="tier">{plain(tier)}</h3>
          <ul class="limits">
            {risk?.items
              .filter((i) => i.tier === tier)
              .toSorted((a, b) => b.share - a.share)
              .map((i) => (
                <Line key={i.code} line={i} />
              ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
