import { useEffect, useRef, useState } from 'preact/hooks'
import { busy, kill } from '../actions.ts'

/** How long Kill must be held, milliseconds: long enough not to be brushed, short enough for a fright. */
const hold = 600
const circumference = 2 * Math.PI * 20

const holdingKey = (event: KeyboardEvent): boolean => event.key === 'Enter' || event.key === ' '

/** Press and hold; a ring fills; no dialog. */
export function Kill() {
  const [share, setShare] = useState(0)
  const [hint, setHint] = useState(false)
  const frame = useRef(0)
  const began = useRef<number | null>(null)

  const release = () => {
    if (began.current === null) return
    cancelAnimationFrame(frame.current)
    began.current = null
    setShare(0)
    setHint(true)
  }
  const step = () => {
    if (began.current === null) return
    const done = (performance.now() - began.current) / hold
    if (done < 1) {
      setShare(done)
      frame.current = requestAnimationFrame(step)
      return
    }
    began.current = null
    setShare(0)
    navigator.vibrate?.(60)
    void kill()
  }
  const press = () => {
    if (began.current !== null) return
    began.current = performance.now()
    setHint(false)
    frame.current = requestAnimationFrame(step)
  }
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  useEffect(() => {
    const timer = hint ? setTimeout(() => setHint(false), 2500) : null
    return () => {
      if (timer !== null) clearTimeout(timer)
    }
  }, [hint])

  return (
    <button
      type="button"
      class={`kill ${share > 0 ? 'holding' : ''}`}
      data-testid="kill"
      aria-describedby="kill-how"
      aria-busy={busy.value === 'kill'}
      onPointerDown={(e) => {
        if (e.button === 0) press()
      }}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onKeyDown={(e) => {
        if (!holdingKey(e)) return
        e.preventDefault()
        if (!e.repeat) press()
      }}
      onKeyUp={(e) => {
        if (holdingKey(e)) release()
      }}
      onBlur={release}
      onContextMenu={(e) => e.preventDefault()}
    >
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle class="track" cx="24" cy="24" r="20" />
        <circle class="fill" cx="24" cy="24" r="20" stroke-dasharray={circumference} stroke-dashoffset={circumference * (1 - share)} />
        <rect x="17" y="17" width="14" height="14" rx="2.5" />
      </svg>
      <span class="kill-words">
        <b>Kill</b>
        <small>{hint ? 'hold longer' : 'hold'}</small>
      </span>
      <span id="kill-how" class="sr">
        Press and hold for 0.6 seconds: stops all new trades, cancels waiting orders and voids proposals. Or type /kill in the command box.
      </span>
    </button>
  )
}
