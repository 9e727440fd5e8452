import type { Card, CardSeries, CardTable } from '../../../../../ports/chat.ts'
import { reply } from '../actions.ts'
import { plain, toPlot } from '../format.ts'
import { press } from '../forms.ts'

function Table({ table }: { readonly table: CardTable }) {
  return (
    <div class="scroll-x">
      <table class="table">
        <thead>
          <tr>
            {table.columns.map((c, i) => (
              <th key={i} scope="col">
                {plain(c)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>{plain(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
        {table.total && (
          <tfoot>
            <tr>
              {table.total.map((cell, i) => (
                <td key={i}>{plain(cell)}</td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}

function Line({ series }: { readonly series: CardSeries }) {
  const values = series.points.map((p) => toPlot(p.value)).filter(Number.isFinite)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const points = values
    .map((v, i) => `${(i / Math.max(1, values.length - 1)) * 100},${28 - ((v - low) / (high - low || 1)) * 26}`)
    .join(' ')
  return values.length < 2 ? null : (
    <svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={plain(series.name)}>
      <polyline points={points} />
    </svg>
  )
}

/** Any card as the other chats would show it: words, facts, a table, a line, buttons. */
export function CardBody({ card }: { readonly card: Card }) {
  return (
    <div class="reply-body">
      <h3>{plain(card.title)}</h3>
      {card.lines.map((line, i) => (
        <p key={i}>{plain(line)}</p>
      ))}
      {card.facts.length > 0 && (
        <dl class="facts">
          {card.facts.map((f, i) => (
            <div key={i} class={f.emphasis ? 'emphasis' : ''}>
              <dt>{plain(f.label)}</dt>
              <dd>{plain(f.value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {card.series && <Line series={card.series} />}
      {card.table && <Table table={card.table} />}
      {card.buttons.length + card.menu.length > 0 && (
        <div class="actions">
          {[...card.buttons, ...card.menu].map((b) => (
            <button key={b.id} type="button" class={`button ${b.style}`} onClick={() => void press(b.id, plain(b.label))}>
              {plain(b.label)}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

/** A long reply scrolls; the keyboard must reach it. */
const reachable = (box: HTMLDivElement | null): void => {
  if (box !== null) box.tabIndex = 0
}

export function ReplyPanel() {
  const r = reply.value
  if (r === null) return null
  return (
    <section
      class={`reply ${r.failed === null ? (r.card?.tone ?? 'neutral') : 'bad'}`}
      data-testid="command-reply"
      aria-label="Reply"
      aria-live="polite"
    >
      <div class="reply-head">
        <code>{plain(r.asked)}</code>
        <button type="button" class="icon" aria-label="Close the reply" onClick={() => (reply.value = null)}>
          ✕
        </button>
      </div>
      <div class="reply-scroll" ref={reachable}>
        {r.failed !== null && <p class="problem">⚠ {r.failed}</p>}
        {r.failed === null && r.card === null && <p class="muted">Asking…</p>}
        {r.card && <CardBody card={r.card} />}
      </div>
    </section>
  )
}
