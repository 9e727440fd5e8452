import { pending, state } from '../store.ts'
import { goTo, type Tab, tab, tabNames, tabs } from '../view.ts'

const paths: Readonly<Record<Tab, string>> = {
  inbox: 'M4 13h4l2 3h4l2-3h4M4 13l3-8h10l3 8v6H4z',
  positions: 'M4 19V11M10 19V5M16 19v-6M21 19H3',
  pnl: 'M4 16l5-5 4 3 7-8M15 6h5v5',
  risk: 'M12 3l8 3v6c0 4.5-3.4 7.6-8 9-4.6-1.4-8-4.5-8-9V6z',
  feed: 'M5 6h14M5 12h14M5 18h9',
}

export function Tabs() {
  const counts: Partial<Record<Tab, number>> = { inbox: pending.value.length, positions: state.value?.open_positions ?? 0 }
  return (
    <nav class="tabs" aria-label="Views">
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          class="tab"
          data-testid={`tab-${name}`}
          aria-current={tab.value === name ? 'page' : undefined}
          onClick={() => goTo(name)}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={paths[name]} />
          </svg>
          <span>
            {tabNames[name]}
            {counts[name] ? <b class="count">{counts[name]}</b> : null}
          </span>
        </button>
      ))}
    </nav>
  )
}
