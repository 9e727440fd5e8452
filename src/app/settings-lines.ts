/** Settings hold no secrets by design; should one ever come to stand there, it stays there. */
const secret = /token|secret|password|api_?key|credential/i
const hidden = '(not shown)'
const withPassword = /:\/\/[^/\s]*@/

/** `quote_stale.sip_seconds: 15`, one line for each value of a section, in the order of the file. */
export function settingsLines(value: unknown, path = ''): readonly string[] {
  if (path !== '' && secret.test(path)) return [`${path}: ${hidden}`]
  if (isGroup(value)) {
    const entries = Object.entries(value)
    if (entries.length > 0) return entries.flatMap(([name, inner]) => settingsLines(inner, path === '' ? name : `${path}.${name}`))
  }
  return path === '' ? [valueText(value)] : [`${path}: ${valueText(value)}`]
}

const isGroup = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

function valueText(value: unknown): string {
  if (value === null) return 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ')
  if (isGroup(value)) return Object.keys(value).length === 0 ? 'nothing to set' : JSON.stringify(value)
  const text = String(value)
  return withPassword.test(text) ? hidden : text
}
