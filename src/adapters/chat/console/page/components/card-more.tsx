import { useState } from 'preact/hooks'
import { approve, outcomes, why } from '../actions.ts'
import { money, plain, read } from '../format.ts'
import { press } from '../forms.ts'
import { riskFor } from '../plan.ts'
import { live, state } from '../store.ts'
import type { Proposal } from '../wire.ts'

/** Fewer shares, and the whole chain behind the card. Nothing here can grow the risk. */
export function More({ proposal: p }: { readonly proposal: Proposal }) {
  const [wanted, setWanted] = useState(p.quantity)
  const [size, most] = [read(wanted.trim()), read(p.quantity)]
  const fits = size !== null && most !== null && size.gt(read('0') ?? size) && size.lte(most)
  const off =
    !live.value ||
    !fits ||
    p.status !== 'pending' ||
    state.value?.trading_state !== 'active' ||
    outcomes.value.get(p.id)?.kind === 'sending'
  return (
    <div class="more">
      {p.status === 'pending' && (
        <form
          class="smaller"
          onSubmit={(e) => {
            e.preventDefault()
            if (!off) void approve(p, wanted.trim())
          }}
        >
          <label>
            <span>Shares</span>
            <input
              inputMode="decimal"
              autoComplete="off"
              value={wanted}
              aria-invalid={!fits}
              onInput={(e) => setWanted(e.currentTarget.value)}
            />
          </label>
          <span class={fits ? 'muted' : 'problem'}>
            {fits ? `${money(riskFor(p, wanted.trim()))} at risk` : `1 to ${p.quantity}, not more`}
          </span>
          <button type="submit" class="button" disabled={off}>
            Approve {fits ? wanted.trim() : ''}
          </button>
        </form>
      )}
      <p class="muted">
        Sized by {plain(p.sized_by)}. Version {p.version}.
      </p>
      <div class="actions">
        {p.status === 'pending' && p.intent === 'entry' && (
          <button
            type="button"
            class="button"
            data-testid="edit"
            disabled={!live.value}
            onClick={() => void press(`edit:${p.id}:${p.version}`, 'Edit')}
          >
            Edit
          </button>
        )}
        <button type="button" class="button" onClick={() => why(p.id)}>
          Why?
        </button>
        {p.status === 'pending' && (
          <button
            type="button"
            class="button"
            data-testid="snooze"
            disabled={!live.value}
            onClick={() => void press(`snooze:${p.id}`, 'Snooze')}
          >
            Snooze
          </button>
        )}
      </div>
    </div>
  )
}
