import { clockTime } from '../format.ts'
import { lastHeard, link } from '../store.ts'

export function ConnectionBar() {
  if (link.value !== 'down') return <div role="status" class="sr" />
  return (
    <div class="bar warning" role="status" data-testid="connection-bar">
      <span aria-hidden="true">⚠</span>
      <span>
        <b>Disconnected</b>
        {lastHeard.value === null ? ', never reached' : `, last update ${clockTime(lastHeard.value)} New York`}. Approving is off. Kill is
        sent all the same, and says whether it arrived. Trying again…
      </span>
    </div>
  )
}
