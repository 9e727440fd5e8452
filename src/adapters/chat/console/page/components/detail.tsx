import { why } from '../actions.ts'
import { money, plain, price, shares } from '../format.ts'
import { you } from '../store.ts'
import { verdict } from '../verdict.ts'
import { selected } from '../view.ts'
import { LivePrice, sideWords } from './card.tsx'
import { Catalyst } from './catalyst.tsx'
import { Chart } from './chart.tsx'
import { Score } from './score.tsx'

/** The chosen card, large: its picture, its reasons, its score. The decision itself is made on the card. */
export function Detail() {
  const p = selected.value
  if (p === null)
    return (
      <section class="view detail" aria-labelledby="detail-title">
        <h2 id="detail-title">Chart</h2>
        <p class="empty">The card you choose is shown here with its chart, its score and its reasons.</p>
      </section>
    )
  const end = p.status === 'pending' ? null : verdict(p, you.value)
  return (
    <section class="view detail" aria-labelledby="detail-title">
      <div class="view-head">
        <h2 id="detail-title">
          {plain(p.symbol)} {p.company && <span class="company">{plain(p.company)}</span>}
        </h2>
        <LivePrice symbol={p.symbol} />
        <span class="muted grow one-line">
          {money(p.risk_amount)} at risk · {sideWords(p)} {shares(p.quantity)} at {price(p.limit_price)}
        </span>
        {end !== null && (
          <span class={`ending ${end.tone}`}>
            {end.mark} {end.word}
          </span>
        )}
        <button type="button" class="button small" onClick={() => why(p.id)}>
          Why?
        </button>
      </div>
      <Chart key={p.id} proposal={p} />
      <div class="detail-foot">
        <div>
          <Catalyst proposal={p} />
          <p class="muted">Sized by {plain(p.sized_by)}.</p>
        </div>
        <Score factors={p.factors} score={p.catalyst_score} confidence={p.confidence} />
      </div>
    </section>
  )
}
