import { writeFile } from 'node:fs/promises'
import { configExample } from '../src/config/example.ts'
import { configSchema } from '../src/config/schema.ts'
import { environmentExample } from '../src/config/variables.ts'
import { checks, loadPlugins, sizingMethods } from '../src/plugins.ts'

/** Writes `.env.example` and `config.example.yaml` anew, after a variable, a setting, a risk check or a sizing method has changed. */
const schema = configSchema(await loadPlugins(checks), await loadPlugins(sizingMethods))
await writeFile(new URL('../config.example.yaml', import.meta.url), configExample(schema))
await writeFile(new URL('../.env.example', import.meta.url), environmentExample())
