import { plain } from '../format.ts'
import { denialNumbers } from '../verdict.ts'
import type { Denial } from '../wire.ts'

/** Why risk said no: both numbers, and what would pass. The binding one first. */
export function Denials({ denials }: { readonly denials: readonly Denial[] }) {
  const [binding, ...rest] = denials
  if (!binding) return null
  return (
    <div class="denials" data-testid="denials">
      <Line denial={binding} />
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          {rest.map((d) => (
            <Line key={d.code} denial={d} />
          ))}
        </details>
      )}
    </div>
  )
}

/** What passed, and should be known all the same. */
export function Warnings({ warnings }: { readonly warnings: readonly { readonly code: string; readonly explain: string }[] }) {
  if (warnings.length === 0) return null
  return (
    <ul class="warnings" data-testid="warnings">
      {warnings.map((w) => (
        <li key={w.code} class="muted">
          ⓘ {plain(w.explain)}
        </li>
      ))}
    </ul>
  )
}

function Line({ denial: d }: { readonly denial: Denial }) {
  const numbers = denialNumbers(d)
  return (
    <p>
      <b>⊘ {plain(d.explain)}</b>
      {numbers !== null && <span class="numbers"> {numbers}</span>}
      {d.would_pass !== null && <span class="would-pass"> Would pass: {plain(d.would_pass)}</span>}
    </p>
  )
}
