import { desktop } from '../preferences.ts'
import { type Tab, tab } from '../view.ts'
import { CommandBox } from './command-box.tsx'
import { ConnectionBar } from './connection-bar.tsx'
import { Detail } from './detail.tsx'
import { Feed } from './feed.tsx'
import { FormDialog } from './form-dialog.tsx'
import { Help } from './help.tsx'
import { Inbox } from './inbox.tsx'
import { Kill } from './kill.tsx'
import { PnlView } from './pnl.tsx'
import { Positions } from './positions.tsx'
import { ReplyPanel } from './reply.tsx'
import { RiskView } from './risk.tsx'
import { Stopped } from './stopped.tsx'
import { Tabs } from './tabs.tsx'
import { Token } from './token.tsx'
import { TopBar } from './top-bar.tsx'

const views: Readonly<Record<Tab, () => preact.JSX.Element>> = {
  inbox: Inbox,
  positions: Positions,
  pnl: PnlView,
  risk: RiskView,
  feed: Feed,
}

/** A phone shows one view at a time; a desk shows all of them side by side. */
export function App() {
  const View = views[tab.value]
  return (
    <>
      <div class="head">
        <TopBar />
        <ConnectionBar />
      </div>
      <Stopped />
      {desktop.value ? (
        <main class="desk">
          <div class="column">
            <Inbox />
          </div>
          <div class="column">
            <Detail />
            <div class="pair">
              <PnlView />
              <RiskView />
            </div>
          </div>
          <div class="column split">
            <Positions />
            <Feed />
          </div>
        </main>
      ) : (
        <main class="phone">
          <View />
        </main>
      )}
      <section class="dock" aria-label="Commands and kill">
        <ReplyPanel />
        <div class="dock-row">
          <CommandBox />
          <Kill />
        </div>
        {!desktop.value && <Tabs />}
      </section>
      <Help />
      <FormDialog />
      <Token />
    </>
  )
}
