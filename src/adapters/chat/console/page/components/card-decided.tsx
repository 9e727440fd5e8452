import { useState } from 'preact/hooks'
import { declineReasons } from '../../../../../domain/decline-reasons.ts'
import { askWhy, decline, outcomes, why } from '../actions.ts'
import { plain, shares } from '../format.ts'
import { desktop } from '../preferences.ts'
import { live, orders, you } from '../store.ts'
import { orderWords, verdict } from '../verdict.ts'
import { select, selected } from '../view.ts'
import type { Proposal } from '../wire.ts'

/** Reasons come after the rejection and never block it. */
function Reasons({ proposal: p }: { readonly proposal: Proposal }) {
  const [other, setOther] = useState('')
  return (
    <div class="reasons" data-testid="decline-reasons">
      <span class="muted">Why? (optional)</span>
      {declineReasons.map(({ code, words }) => (
        <button key={code} type="button" class="chip" disabled={!live.value} onClick={() => void decline(p, words)}>
          {words}
        </button>
      ))}
      <form
        onSubmit={(e) => {
          e.preventDefault()
          if (other.trim() !== '') void decline(p, other.trim())
        }}
      >
        <input
          aria-label="Another reason"
          placeholder="Other…"
          maxLength={200}
          value={other}
          onInput={(e) => setOther(e.currentTarget.value)}
        />
      </form>
      <button type="button" class="icon" aria-label="No reason" onClick={() => (askWhy.value = null)}>
        ✕
      </button>
    </div>
  )
}

/** A decided card: one line in its place, saying who, when and after how long. */
export function DecidedCard({ proposal: p }: { readonly proposal: Proposal }) {
  const end = verdict(p, you.value)
  const order = orderWords(p, orders.value)
  const failed = outcomes.value.get(p.id)
  const [binding] = p.denials
  const reason =
    p.status === 'denied' && binding
      ? `${plain(binding.explain)}${binding.would_pass ? ` (would pass: ${plain(binding.would_pass)})` : ''}`
      : p.status === 'superseded'
        ? 'A newer story took its place.'
        : plain(p.reason ?? '')
  return (
    <article
      class={`card decided ${p.status} ${desktop.value && selected.value?.id === p.id ? 'chosen' : ''}`}
      data-testid="proposal-card"
      data-id={p.id}
      data-status={p.status}
      aria-label={`${plain(p.symbol)}: ${end.word}`}
    >
      <button type="button" class="line" onClick={() => (desktop.value ? select(p.id) : why(p.id))} title={plain(p.headline)}>
        <b>{plain(p.symbol)}</b>
        <span class="quantity">
          {p.side === 'buy' ? '▲ buy' : '▼ sell'} {shares(p.quantity)}
        </span>
        <span class={`ending ${end.tone}`}>
          <span aria-hidden="true">{end.mark}</span> {end.word} <span class="muted">{end.detail}</span>
        </span>
        {order !== null && (
          <span class={`ending second ${order.tone}`}>
            <span aria-hidden="true">{order.mark}</span> {order.word} <span class="muted">{order.detail}</span>
          </span>
        )}
        {order === null && reason !== '' && <span class="second muted">{reason}</span>}
        {failed !== undefined && failed.kind !== 'sending' && <span class="second bad">⚠ {failed.words}</span>}
      </button>
      {askWhy.value === p.id && p.status === 'declined' && <Reasons proposal={p} />}
    </article>
  )
}
