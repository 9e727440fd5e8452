import { approve, decline, reply } from './actions.ts'
import { asking } from './forms.ts'
import { step } from './lists.ts'
import { live, proposals } from './store.ts'
import { helpOpen, readied, select, selected } from './view.ts'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** How long `a` waits for Enter, milliseconds. */
const readyFor = 6000
let forget: ReturnType<typeof setTimeout> | null = null
function ready(id: string | null): void {
  if (forget !== null) clearTimeout(forget)
  readied.value = id
  forget = id === null ? null : setTimeout(() => ready(null), readyFor)
}

function move(by: 1 | -1): void {
  const id = step(proposals.value, selected.value?.id ?? null, by)
  if (id === null) return
  select(id)
  document.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' })
}

/** True when the key was one of ours. */
function act(key: string): boolean {
  const card = selected.value
  const canDecide = card !== null && card.status === 'pending' && live.value
  if (key === 'Enter') {
    if (readied.value === null || !canDecide || readied.value !== card.id) return false
    ready(null)
    void approve(card)
    return true
  }
  ready(null)
  if (key === '/') document.getElementById('command')?.focus()
  else if (key === 'j') move(1)
  else if (key === 'k') move(-1)
  else if (key === 'a' && canDecide) ready(card.id)
  else if (key === 'r' && (canDecide || (card?.status === 'armed' && live.value))) void decline(card)
  else if (key === '?') helpOpen.value = true
  else if (key === 'Escape' && reply.value !== null) reply.value = null
  else return false
  return true
}

/** `/` command box · j k move · a then Enter approve · r reject · ? help. */
export function listenToKeys(): void {
  addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      if (typing(event.target) || helpOpen.value || asking.value !== null) return
      if (act(event.key)) {
        event.preventDefault()
        event.stopPropagation()
      }
    },
    { capture: true },
  )
}
