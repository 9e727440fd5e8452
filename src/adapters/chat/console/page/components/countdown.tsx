import { countdown } from '../format.ts'
import { lifeLeft } from '../running-clock.ts'
import { now } from '../store.ts'
import type { Proposal } from '../wire.ts'

/** Less than this and the words say so, milliseconds. */
const soon = 30_000

/** What is left, on the server's clock. Silence buys nothing. */
export function Countdown({ proposal: p }: { readonly proposal: Proposal }) {
  if (p.status === 'armed') return <p class="countdown">◷ Armed for the open: priced and judged again there, sent only if it holds.</p>
  if (p.status !== 'pending') return null
  const left = Date.parse(p.expires_at) - now.value
  const share = lifeLeft(p.offered_at, p.expires_at, now.value)
  return (
    <div class={`countdown ${left < soon ? 'soon' : ''}`}>
      <span>
        {left <= 0 ? (
          'Expiring…'
        ) : (
          <>
            Expires in <b class="time">{countdown(left)}</b>
          </>
        )}
        <span class="muted">
          {' '}
          {left > 0 && left < soon ? '· soon' : ''} · then nothing is {p.side === 'buy' ? 'bought' : 'sold'}
        </span>
      </span>
      <svg class="life" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
        <rect class="rail" width="100" height="3" />
        <rect class="left" width={share * 100} height="3" />
      </svg>
    </div>
  )
}
