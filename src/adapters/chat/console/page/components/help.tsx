import { useEffect, useRef } from 'preact/hooks'
import { plain } from '../format.ts'
import { applyTheme, notifying, notifyProblem, setNotifying, type Theme, theme } from '../preferences.ts'
import { state } from '../store.ts'
import { helpOpen } from '../view.ts'

const keys = [
  ['/', 'Command box'],
  ['j  k', 'Next, previous card'],
  ['a  Enter', 'Approve the chosen card'],
  ['r', 'Reject it'],
  ['Esc', 'Close the reply'],
  ['?', 'This help'],
] as const
const themes: readonly (readonly [Theme, string])[] = [
  ['auto', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

function Settings() {
  return (
    <>
      <h3>Colours</h3>
      <fieldset class="switch">
        <legend class="sr">Colours</legend>
        {themes.map(([name, words]) => (
          <button key={name} type="button" aria-pressed={theme.value === name} onClick={() => applyTheme(name)}>
            {words}
          </button>
        ))}
      </fieldset>
      <label class="check">
        <input type="checkbox" checked={notifying.value} onChange={(e) => setNotifying(e.currentTarget.checked)} />
        Notify me of new cards and stops while this page is in the background
      </label>
      {notifyProblem.value !== null && <p class="problem">⚠ {notifyProblem.value}</p>}
    </>
  )
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = helpOpen.value
  useEffect(() => {
    if (open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [open])
  const s = state.value
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <div class="view-head">
        <h2 id="help-title" class="grow">
          Help and settings
        </h2>
        <button type="button" class="icon" aria-label="Close help" onClick={() => (helpOpen.value = false)}>
          ✕
        </button>
      </div>
      <Settings />
      <h3>How it goes</h3>
      <p>
        A catalyst becomes a card. Approve sends exactly what the card says, after a fresh check of price and limits. Silence buys nothing.
        Hold <b>Kill</b> for 0.6 s to stop everything new; stops and targets stay.
      </p>
      <h3>Keys</h3>
      <dl class="keys">
        {keys.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <h3>About</h3>
      {s && (
        <p class="muted">
          Catalyst {s.version} · {s.market} · {s.database} database · your role: {plain(s.you.role)}
        </p>
      )}
      {s?.claim_code && (
        <p class="muted">
          Nobody owns this bot in another chat yet: <code>/claim {plain(s.claim_code)}</code> sent there makes the sender its owner.
        </p>
      )}
      <p class="muted">
        Charts: TradingView Lightweight Charts™, Copyright (c) 2025 TradingView, Inc.{' '}
        <a href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer">
          tradingview.com
        </a>
      </p>
    </dialog>
  )
}
