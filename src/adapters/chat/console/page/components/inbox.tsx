import { lingering } from '../actions.ts'
import { clockTime, countdown, plain } from '../format.ts'
import { isOpen } from '../lists.ts'
import { dismissNotice, loaded, notices, now, pending, proposals, state } from '../store.ts'
import { ProposalCard } from './card.tsx'
import { DecidedCard } from './card-decided.tsx'
import { CardBody } from './reply.tsx'

/** News takes one line until it is opened; what asks for an act stands open. */
function Notices() {
  return (
    <>
      {notices.value.map((card) => (
        <article key={card.key} class={`notice ${card.tone}`} aria-label={plain(card.title)}>
          {card.buttons.some((b) => b.style !== 'plain') ? (
            <CardBody card={card} />
          ) : (
            <details>
              <summary>{plain(card.title)}</summary>
              <CardBody card={card} />
            </details>
          )}
          <button type="button" class="icon" aria-label="Dismiss" onClick={() => dismissNotice(card.key)}>
            ✕
          </button>
        </article>
      ))}
    </>
  )
}

function Soonest() {
  const first = pending.value[0]
  if (!first) return null
  const soonest = pending.value.reduce((min, p) => Math.min(min, Date.parse(p.expires_at)), Number.POSITIVE_INFINITY)
  return (
    <span class="muted">
      {pending.value.length} waiting · next expires in {countdown(soonest - now.value)}
    </span>
  )
}

function Empty() {
  const s = state.value
  if (!loaded.value || s === null) return <p class="empty">Fetching what waits…</p>
  const next =
    s.trading_state !== 'active'
      ? `Trading is ${s.trading_state}: nothing is proposed until it resumes.`
      : s.approval_mode === 'autonomous'
        ? 'Nobody is asked: entries that pass every check are sent at once and listed below. /mode supervised asks again.'
        : s.session === 'closed'
          ? 'The market is closed. Filings and news that land now wait here, armed for the open at 09:30 New York.'
          : 'Sources are being watched. The next catalyst that passes the checks appears here with its size, its risk and an Approve button.'
  return (
    <div class="empty">
      <b>Nothing waits for you.</b>
      <p>{next}</p>
      <p class="muted">
        As of {clockTime(now.value)} New York. Ask why: <code>/why</code>
      </p>
    </div>
  )
}

export function Inbox() {
  return (
    <section class="view inbox" aria-labelledby="inbox-title">
      <div class="view-head">
        <h2 id="inbox-title">Inbox</h2>
        <Soonest />
      </div>
      <Notices />
      {pending.value.length === 0 && lingering.value.size === 0 && <Empty />}
      {proposals.value.map((p) =>
        isOpen(p) || lingering.value.has(p.id) ? <ProposalCard key={p.id} proposal={p} /> : <DecidedCard key={p.id} proposal={p} />,
      )}
    </section>
  )
}
