import type { Platforms } from './three-chats.ts'

/** Everything that platforms and networks do to a bot. Each is named in the report. */
export const platformFaults: Readonly<Record<string, (platforms: Platforms) => void>> = {
  'Discord 429': ({ discord }) => discord.faults.tooMany(400, { path: /messages/ }),
  'Discord 500 before it takes effect': ({ discord }) => discord.faults.status(500, { method: 'POST', path: /\/channels\/.*messages/ }),
  'Discord 502 after it took effect': ({ discord }) =>
    discord.faults.status(502, { method: 'POST', path: /\/channels\/.*messages/, when: 'after' }),
  'Discord connection cut': ({ discord }) => discord.faults.drop({ path: /messages/ }),
  'Discord socket dropped': ({ discord }) => discord.gateway.drop(),
  'Discord asks to reconnect (op 7)': ({ discord }) => discord.gateway.reconnect(),
  'Discord session invalid (op 9)': ({ discord }) => discord.gateway.invalidate(Math.random() < 0.5),
  'Slack 429': ({ slack }) => slack.fail('chat.postMessage', { limit: 1 }),
  'Slack 500 before it takes effect': ({ slack }) => slack.fail('chat.postMessage', { status: 500 }),
  'Slack 500 after it took effect': ({ slack }) => slack.fail('chat.postMessage', { status: 500, after: true }),
  'Slack edit fails': ({ slack }) => slack.fail('chat.update', { status: 503 }),
  'Slack connection cut': ({ slack }) => slack.fail('chat.update', { cut: true }),
  'Slack socket dropped': ({ slack }) => slack.socket.drop(),
  'Slack says disconnect': ({ slack }) => slack.socket.disconnect(),
  'Slack loses an ack and delivers again': ({ slack }) => slack.faults.loseAcks(1),
}
