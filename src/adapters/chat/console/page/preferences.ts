import { effect, signal } from '@preact/signals'
import { explain } from './api.ts'
import { money, plain } from './format.ts'
import { pending, state } from './store.ts'

export type Theme = 'auto' | 'light' | 'dark'
const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    // Storage may be switched off: the page then forgets, and works.
    return null
  }
}
const keep = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // As above.
    return
  }
}

const initial = stored('theme')
export const theme = signal<Theme>(initial === 'light' || initial === 'dark' ? initial : 'auto')
const systemLight = matchMedia('(prefers-color-scheme: light)')
/** What is drawn: charts are canvases and must be told. */
export const shade = signal<'light' | 'dark'>('dark')

export function applyTheme(next: Theme): void {
  theme.value = next
  keep('theme', next)
  shade.value = next === 'auto' ? (systemLight.matches ? 'light' : 'dark') : next
  document.documentElement.dataset['theme'] = shade.value
}
systemLight.addEventListener('change', () => applyTheme(theme.value))
applyTheme(theme.value)

const wide = matchMedia('(min-width: 1100px)')
export const desktop = signal(wide.matches)
wide.addEventListener('change', () => {
  desktop.value = wide.matches
})

export const notifying = signal(stored('notify') === 'on' && 'Notification' in window && Notification.permission === 'granted')
export const notifyProblem = signal<string | null>(null)

export async function setNotifying(on: boolean): Promise<void> {
  notifyProblem.value = null
  if (on && !('Notification' in window)) notifyProblem.value = 'This browser has no notifications.'
  else if (on && (await Notification.requestPermission()) !== 'granted') notifyProblem.value = 'The browser did not allow notifications.'
  notifying.value = on && notifyProblem.value === null
  keep('notify', notifying.value ? 'on' : 'off')
}

function tell(title: string, body: string, tag: string): void {
  if (!notifying.value || document.visibilityState === 'visible') return
  try {
    new Notification(title, { body, tag, icon: '/icon.svg' })
  } catch (error) {
    notifying.value = false
    notifyProblem.value = `Notifications do not work here: ${explain(error)}`
  }
}

/** Says aloud what a person who looks elsewhere must know: new cards and a stop of trading. */
export function announceInBackground(): void {
  const seen = new Set<string>()
  let first = true
  effect(() => {
    const open = pending.value
    for (const p of open) {
      if (!first && !seen.has(p.id)) tell(`${p.side.toUpperCase()} ${p.symbol}: ${money(p.risk_amount)} at risk`, plain(p.headline), p.id)
    }
    seen.clear()
    for (const p of open) seen.add(p.id)
    first = false
  })
  let before: string | null = null
  effect(() => {
    const s = state.value
    if (s && before !== null && s.trading_state !== before && s.trading_state !== 'active')
      tell(`Trading ${s.trading_state}`, plain(s.cause ?? ''), 'trading-state')
    before = s?.trading_state ?? before
  })
}
