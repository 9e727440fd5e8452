import { defineButton } from '../../src/app/button.ts'
import { refusal } from '../../src/app/card.ts'
import { runCommand } from '../../src/app/run-command.ts'

/** Commands that only look; the button of a reply asks one again. */
const shown: ReadonlySet<string> = new Set(['positions', 'pnl', 'inbox', 'scorecard'])

/** `show:pnl.week`: the answer of `/pnl week` as it is now, in the place of the old one. */
export const button = defineButton({
  name: 'show',
  role: 'viewer',
  async run(call) {
    const { app, actor, target, meta, commands } = call
    const [, name = '', argument = ''] = /^([a-z]{1,20})(?:\.([a-z]{1,20}))?$/.exec(target) ?? []
    if (!shown.has(name)) return refusal(call, 'This button is not one of ours', 'BAD_BUTTON', 'Nothing was asked.')
    return runCommand({ app, commands, actor, text: `/${name} ${argument}`.trim(), meta })
  },
})
