import { signal } from '@preact/signals'
import { useRef, useState } from 'preact/hooks'
import { commands, run } from '../actions.ts'
import { argumentHint, remember, type Suggestion, suggest } from '../completion.ts'
import { positions, proposals } from '../store.ts'

const history = signal<readonly string[]>([])
const mostSuggestions = 8

/** The same commands as in every chat, with completion, history and hints. */
export function CommandBox() {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const [back, setBack] = useState(0)
  const symbols = [...new Set([...positions.value, ...proposals.value].map((x) => x.symbol))].toSorted()
  const options = open && text !== '' ? suggest(text, commands.value, symbols).slice(0, mostSuggestions) : []
  const hint = open ? argumentHint(text, commands.value) : null

  const write = (next: string) => {
    setText(next)
    setActive(-1)
    setBack(0)
  }
  const take = (s: Suggestion) => {
    write(s.text)
    input.current?.focus()
  }
  const recall = (by: 1 | -1) => {
    const at = Math.min(history.value.length, Math.max(0, back + by))
    setBack(at)
    setText(at === 0 ? '' : (history.value.at(-at) ?? ''))
  }
  const send = () => {
    const words = text.trim()
    if (words === '' || words === '/') return
    history.value = remember(history.value, words)
    write('')
    setOpen(false)
    void run(words.startsWith('/') ? words : `/${words}`)
  }
  const keys = (e: KeyboardEvent) => {
    const chosen = options[active]
    if (e.key === 'Tab' && !e.shiftKey && options.length > 0) take(chosen ?? options[0] ?? { text, label: '', hint: '' })
    else if (e.key === 'ArrowDown' && options.length > 0 && back === 0) setActive((active + 1) % options.length)
    else if (e.key === 'ArrowUp' && options.length > 0 && back === 0 && active >= 0) setActive(active - 1)
    else if (e.key === 'ArrowUp') recall(1)
    else if (e.key === 'ArrowDown') recall(-1)
    else if (e.key === 'Enter' && chosen) take(chosen)
    else if (e.key === 'Enter') send()
    else if (e.key === 'Escape') input.current?.blur()
    else return
    e.preventDefault()
  }

  return (
    <div class="command">
      {(options.length > 0 || hint !== null) && (
        <div class="suggestions">
          {hint !== null && <p class="hint">{hint}</p>}
          <div id="suggestions" role="listbox" aria-label="Commands">
            {options.map((s, i) => (
              <div
                key={s.text}
                id={`suggestion-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === active}
                class="suggestion"
                onPointerDown={(e) => {
                  e.preventDefault()
                  take(s)
                }}
              >
                <b>{s.label}</b> <span class="muted">{s.hint}</span>
              </div>
            ))}
          </div>
        </div>
      )}
      <input
        ref={input}
        id="command"
        data-testid="command-input"
        role="combobox"
        aria-label="Command"
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={options.length > 0 ? 'suggestions' : undefined}
        aria-activedescendant={active >= 0 ? `suggestion-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        enterKeyHint="send"
        maxLength={500}
        placeholder="/ command"
        value={text}
        onInput={(e) => {
          write(e.currentTarget.value)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={keys}
      />
    </div>
  )
}
