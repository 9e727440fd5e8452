/** Runs before the first paint, so that the page never flashes in the wrong colours. */
let chosen: string | null = null
try {
  chosen = localStorage.getItem('theme')
} catch {
  chosen = null
}
const light = chosen === 'light' || (chosen !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches)
document.documentElement.dataset['theme'] = light ? 'light' : 'dark'
