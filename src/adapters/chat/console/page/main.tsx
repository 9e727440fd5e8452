import { render } from 'preact'
import { loadCommands } from './actions.ts'
import { tokenNeeded } from './api.ts'
import { App } from './components/app.tsx'
import { listenToKeys } from './keyboard.ts'
import { announceInBackground } from './preferences.ts'
import { beat } from './store.ts'
import { connect, watch } from './stream.ts'

const root = document.getElementById('app')
if (root === null) throw new Error('the page has no #app')
root.replaceChildren()
render(<App />, root)

connect()
watch()
setInterval(beat, 250)
listenToKeys()
announceInBackground()

// Completion is a comfort: without the list the box still sends what is typed.
const fetchCommands = (): void => {
  loadCommands().catch(() => {
    if (!tokenNeeded.value) setTimeout(fetchCommands, 5000)
  })
}
tokenNeeded.subscribe((needed) => {
  if (!needed) fetchCommands()
})
