import { useEffect, useRef, useState } from 'preact/hooks'
import { explain, post, tokenNeeded } from '../api.ts'
import { connect } from '../stream.ts'

/** Asked once; the server keeps it in a cookie the page cannot read. */
export function Token() {
  const dialog = useRef<HTMLDialogElement>(null)
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const needed = tokenNeeded.value
  useEffect(() => {
    if (needed) dialog.current?.showModal()
    else dialog.current?.close()
  }, [needed])
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await post('/api/v1/session', { token })
      setToken('')
      setProblem(null)
      tokenNeeded.value = false
      connect()
    } catch (error) {
      setProblem(explain(error))
    }
  }
  return (
    <dialog ref={dialog} class="dialog narrow" aria-labelledby="token-title" onCancel={(e) => e.preventDefault()}>
      <h2 id="token-title">This console is locked</h2>
      <p class="muted">Enter the token that was set as HTTP_TOKEN where the bot runs.</p>
      <form onSubmit={submit}>
        <label>
          <span>Token</span>
          <input
            type="password"
            data-testid="token"
            autoComplete="current-password"
            value={token}
            aria-invalid={problem !== null}
            onInput={(e) => setToken(e.currentTarget.value)}
          />
        </label>
        {problem !== null && <p class="problem">⚠ {problem}</p>}
        <button type="submit" class="button approve" disabled={token === ''}>
          Open
        </button>
      </form>
    </dialog>
  )
}
