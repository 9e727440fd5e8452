import { applyTheme, shade } from '../preferences.ts'

export function ThemeButton() {
  const next = shade.value === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      class="icon"
      aria-label={`Switch to ${next} colours`}
      title={`Switch to ${next} colours`}
      onClick={() => applyTheme(next)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {shade.value === 'dark' ? (
          <path d="M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 1v3M12 20v3M1 12h3M20 12h3M4.2 4.2l2.1 2.1M17.7 17.7l2.1 2.1M4.2 19.8l2.1-2.1M17.7 6.3l2.1-2.1" />
        ) : (
          <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z" />
        )}
      </svg>
    </button>
  )
}
