import { useEffect, useRef, useState } from 'preact/hooks'
import type { Decimal } from '../../../../../domain/decimal.ts'
import { busy, flatten, panic, resume } from '../actions.ts'
import { money, plain, read } from '../format.ts'
import { lastOf } from '../plan.ts'
import { positions, quoteOf, state } from '../store.ts'
import type { Position } from '../wire.ts'

const closedNote = { pre: ' at the open', post: ' at the next open', closed: ' at the next open', regular: '' } as const

/** What the open positions are worth at the newest prices. */
function worth(open: readonly Position[]): Decimal | null {
  let total = read('0')
  for (const p of open) {
    const each = read(lastOf(quoteOf(p.symbol).value) ?? p.current_price ?? p.entry_price)
    const size = read(p.quantity)
    if (total && each && size) total = total.plus(each.times(size))
  }
  return total
}

function Flatten() {
  const open = positions.value
  if (open.length === 0) return <p class="flat">No open positions.</p>
  const session = state.value?.session ?? 'regular'
  return (
    <button type="button" class="button danger" data-testid="flatten" disabled={busy.value === 'flatten'} onClick={() => flatten()}>
      Flatten all: {open.length} {open.length === 1 ? 'position' : 'positions'}, {money(worth(open), 0)}
      {closedNote[session]}
    </button>
  )
}

function Resume({ halted }: { readonly halted: boolean }) {
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    const words = reason.trim()
    if (words === '' && halted) {
      setMissing(true)
      field.current?.focus()
      return
    }
    void resume(words === '' ? 'resumed from the console' : words)
  }
  return (
    <form class="resume" onSubmit={submit}>
      <label for="resume-reason" class="sr">
        Why trading may resume
      </label>
      <input
        ref={field}
        id="resume-reason"
        data-testid="resume-reason"
        maxLength={200}
        autoComplete="off"
        placeholder={halted ? 'Why it is safe to resume' : 'Reason (optional)'}
        aria-invalid={missing}
        aria-describedby={missing ? 'resume-missing' : undefined}
        value={reason}
        onInput={(e) => {
          setReason(e.currentTarget.value)
          setMissing(false)
        }}
      />
      <button type="submit" class="button" data-testid="resume" disabled={busy.value === 'resume'}>
        Resume
      </button>
      {missing && (
        <span id="resume-missing" class="problem">
          Say why first: it goes on the record.
        </span>
      )}
    </form>
  )
}

/** Shown while trading is stopped, and for the answer to the last emergency action. */
export function Stopped() {
  const s = state.value
  const stopped = s !== null && s.trading_state !== 'active'
  const said = panic.value
  // Flatten and Resume are at the top: whoever has scrolled down is brought to them.
  useEffect(() => {
    if (stopped) scrollTo(0, 0)
  }, [stopped, said])
  return (
    <div class="stopped-area" aria-live="assertive">
      {said && (
        <div class={`bar ${said.tone}`} data-testid="panic-answer">
          <span aria-hidden="true">{said.tone === 'bad' ? '⚠' : said.tone === 'good' ? '✓' : '…'}</span>
          <span>{said.words}</span>
          <button type="button" class="icon" aria-label="Dismiss" onClick={() => (panic.value = null)}>
            ✕
          </button>
        </div>
      )}
      {stopped && (
        <section class={`stopped ${s.trading_state}`} aria-label={`Trading is ${s.trading_state}`}>
          <p>
            <b>
              {s.trading_state === 'halted' ? '■ Halted' : '❙❙ Paused'}
              {s.cause === null ? '.' : `${s.cause.startsWith('by ') ? ' ' : ': '}${plain(s.cause)}.`}
            </b>{' '}
            <span class="muted">
              {s.trading_state === 'halted'
                ? 'Nothing new is bought. Stops and targets stay in place. Resuming restores none of the voided proposals.'
                : 'Nothing new is bought. Proposals stay visible and keep expiring.'}
            </span>
          </p>
          <div class="stopped-actions">
            {s.trading_state === 'halted' && <Flatten />}
            <Resume halted={s.trading_state === 'halted'} />
          </div>
        </section>
      )}
    </div>
  )
}
