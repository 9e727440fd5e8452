import { defineRoute, problem } from '../../src/app/route.ts'

export const route = defineRoute({
  name: 'slack-events',
  method: 'POST',
  path: '/api/v1/slack/events',
  summary: 'What Slack sends: commands, buttons, forms and events, signed with the signing secret. Unused in Socket Mode.',
  role: null,
  raw: true,
  // A tap carries the whole message that it was made on.
  bodyLimit: 256 * 1024,
  async run({ operations, headers, rawBody }) {
    if (operations.slackEvents === null)
      return problem(404, 'Not in use', "Slack's signed HTTP mode is not configured: set SLACK_SIGNING_SECRET without SLACK_APP_TOKEN.")
    const { status, body } = await operations.slackEvents(headers, rawBody)
    if (status === 401) return problem(401, 'Bad signature', 'Slack signs this very body with the signing secret, within five minutes.')
    return { status, body }
  },
})
