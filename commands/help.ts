import { z } from 'zod'
import { refusal, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { usage } from '../src/app/parse-command.ts'

export const command = defineCommand({
  name: 'help',
  summary: 'What you can type; with a name, how',
  role: null,
  args: z.object({ command: z.string().trim().max(40).optional().meta({ description: 'the name of a command' }) }),
  async run(call) {
    const { commands } = call
    const wanted = call.args.command?.replace(/^\//, '').toLowerCase()
    if (wanted === undefined || wanted === '')
      return reply(call, {
        title: `${commands.length} commands`,
        lines: [...commands].sort((a, b) => a.name.localeCompare(b.name)).map((c) => `${usage(c)}: ${c.summary}`),
      })
    const found = commands.find((c) => c.name === wanted)
    if (!found) return refusal(call, `There is no /${wanted}`, 'UNKNOWN_COMMAND', `Known: ${commands.map((c) => c.name).join(', ')}`)
    return reply(call, {
      title: usage(found),
      lines: [found.summary],
      facts: [
        ...Object.entries(found.args.shape).map(([name, field]) => ({
          label: name,
          value: z.globalRegistry.get(field)?.description ?? '',
        })),
        { label: 'Who', value: found.role ?? 'everybody' },
      ],
    })
  },
})
