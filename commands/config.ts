import { z } from 'zod'
import { clip, count, refusal, reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'
import { settingsLines } from '../src/app/settings-lines.ts'

const mostLines = 60
const longestLine = 200

export const command = defineCommand({
  name: 'config',
  summary: 'The settings in force; they are changed in config.yaml',
  role: 'viewer',
  args: z.object({
    section: z.string().trim().toLowerCase().max(80).optional().meta({ description: 'such as risk, or risk.quote_stale' }),
  }),
  async run(call) {
    const settings: Readonly<Record<string, unknown>> = { ...call.app.settings() }
    const { section = '' } = call.args
    if (section === '')
      return reply(call, {
        title: `${count(Object.keys(settings).length, 'section')} of settings`,
        lines: Object.entries(settings).map(([name, value]) => `${name}: ${count(settingsLines(value).length, 'value')}`),
        facts: [{ label: 'More', value: '/config risk' }],
      })
    const value = within(settings, section)
    if (value === undefined)
      return refusal(call, `There is no section ${clip(section, 40)}`, 'NOT_FOUND', `Known: ${Object.keys(settings).join(', ')}`)
    const lines = settingsLines({ [section]: value }).map((line) => clip(shorter(line, section), longestLine))
    const left = lines.length - mostLines
    return reply(call, {
      title: `Settings: ${section}`,
      lines: [...lines.slice(0, mostLines), ...(left > 0 ? [`and ${left} more: name a part, such as /config ${section}.name`] : [])],
    })
  },
})

/** `risk.quote_stale`: step by step, own keys only. */
function within(settings: unknown, path: string): unknown {
  let value = settings
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

/** The section is in the title already. */
const shorter = (line: string, section: string): string => (line.startsWith(`${section}.`) ? line.slice(section.length + 1) : line)
