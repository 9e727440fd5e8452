import { barsOf } from '../bars.ts'
import { arrows, duration, plain, safeLink, shownDirection, signedPercent } from '../format.ts'
import { lastOf, moved } from '../plan.ts'
import { now, quoteOf } from '../store.ts'
import type { Proposal } from '../wire.ts'

/** Why at all: the headline, who said it, how long ago, and how much of it the price already knows. */
export function Catalyst({ proposal: p }: { readonly proposal: Proposal }) {
  const link = safeLink(p.url)
  const shift = moved(p, barsOf(p.symbol).value, lastOf(quoteOf(p.symbol).value))
  const way = shownDirection(shift?.percent ?? null)
  const headline = plain(p.headline)
  return (
    <div class="catalyst">
      <p class="headline">
        {link === null ? (
          headline
        ) : (
          <a href={link} target="_blank" rel="noopener noreferrer">
            {headline}
          </a>
        )}
      </p>
      <p class="about">
        <span>{plain(p.source)}</span>
        {p.also_on.length > 0 && <span>also on {p.also_on.map(plain).join(', ')}</span>}
        {p.category !== null && <span>{plain(p.category).replaceAll('_', ' ')}</span>}
        <span>{duration(now.value - Date.parse(p.published_at))} ago</span>
        {shift !== null && (
          <span class={way}>
            {arrows[way]} {signedPercent(shift.percent)} since {shift.since === 'news' ? 'the news' : 'priced'}
          </span>
        )}
      </p>
    </div>
  )
}
