import { plain } from '../format.ts'
import type { Factor } from '../wire.ts'

/** At most this many bars: the strongest. */
const shown = 4
const clamp = (value: number): number => (Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0)
const signed = (value: number): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`

/** The strongest part in words: what a person would say first. */
function sentence(factors: readonly Factor[]): string {
  const [first] = factors.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
  return first ? plain(first.explain) : 'The source gave no breakdown of its score.'
}

/** Four small signed bars from a middle line, and a sentence. */
export function Score({
  factors,
  score,
  confidence,
}: {
  readonly factors: readonly Factor[]
  readonly score: number
  readonly confidence: number
}) {
  const strongest = factors.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, shown)
  return (
    <div class="score">
      <div class="score-head">
        <span>
          Score <b>{Math.round(score * 100)}</b>
          <span class="muted">/100</span>
        </span>
        <span>
          Confidence <b>{Math.round(confidence * 100)}</b>
          <span class="muted">%</span>
        </span>
      </div>
      {strongest.length > 0 && (
        <ul class="bars">
          {strongest.map((f) => {
            const value = clamp(f.value)
            return (
              <li key={f.name} title={plain(f.explain)}>
                <span class="bar-name">{plain(f.name).replaceAll('_', ' ')}</span>
                <svg class="bar-track" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="rail" x="0" y="0" width="100" height="6" rx="3" />
                  <rect
                    class={value < 0 ? 'down' : 'up'}
                    x={value < 0 ? 50 + value * 50 : 50}
                    y="0"
                    width={Math.abs(value) * 50}
                    height="6"
                  />
                  <rect class="middle" x="49.6" y="0" width="0.8" height="6" />
                </svg>
                <span class="bar-value">{signed(value)}</span>
              </li>
            )
          })}
        </ul>
      )}
      <p class="sentence">{sentence(strongest)}</p>
    </div>
  )
}
