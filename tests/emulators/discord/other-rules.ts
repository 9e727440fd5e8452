import { absent, longer } from './message-rules.ts'
import { allComponents, type CommandOption, type Component, type Modal, type RegisteredCommand } from './shapes.ts'

export function modalProblems({ custom_id, title, components }: Modal): readonly string[] {
  const ids = allComponents(components).flatMap(({ custom_id: id }) => id ?? [])
  return [
    ...absent('custom_id', custom_id),
    ...longer('custom_id', custom_id, 100),
    ...absent('title', title),
    ...longer('title', title, 45),
    ...(components.length < 1 || components.length > 5 ? [`components: ${components.length}, 1 to 5 allowed`] : []),
    ...(new Set(ids).size === ids.length ? [] : ['components: a custom_id stands twice']),
    ...components.flatMap((component, index) => inputProblems(component, `components[${index}]`)),
  ]
}

function inputProblems(outer: Component, at: string): readonly string[] {
  const input = outer.component ?? outer.components?.[0]
  const label = outer.component ? outer.label : input?.label
  if (input?.type !== 4) return [`${at}: a text input was expected`]
  const { value = '', min_length: least = 0, max_length: most = 4000 } = input
  return [
    ...absent(`${at}.label`, label),
    ...longer(`${at}.label`, label, 45),
    ...absent(`${at}.custom_id`, input.custom_id),
    ...longer(`${at}.custom_id`, input.custom_id, 100),
    ...longer(`${at}.placeholder`, input.placeholder, 100),
    ...(most < 1 || most > 4000 || least > most ? [`${at}: lengths ${least} to ${most}`] : []),
    ...longer(`${at}.value`, value, most),
  ]
}

type CommandPayload = Omit<RegisteredCommand, 'id'>
const commandName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u

export function commandProblems(commands: readonly CommandPayload[]): readonly string[] {
  const names = commands.map(({ name }) => name)
  return [
    ...(commands.length > 100 ? [`${commands.length} commands, 100 at most`] : []),
    ...(new Set(names).size === names.length ? [] : ['a command stands twice']),
    ...commands.flatMap((command) => oneCommand(command)),
  ]
}

function oneCommand({ name, description, options = [] }: CommandPayload): readonly string[] {
  const optional = options.findIndex(({ required }) => required !== true)
  const names = options.map((option) => option.name)
  const said = [
    name,
    description,
    ...options.flatMap((o) => [o.name, o.description, ...(o.choices ?? []).flatMap((c) => [c.name, String(c.value)])]),
  ]
  return [
    ...nameProblems(name, name),
    ...absent(`${name}.description`, description),
    ...longer(`${name}.description`, description, 100),
    ...(options.length > 25 ? [`${name}: ${options.length} options, 25 at most`] : []),
    ...(new Set(names).size === names.length ? [] : [`${name}: an option stands twice`]),
    ...(optional >= 0 && options.slice(optional).some(({ required }) => required) ? [`${name}: required options come first`] : []),
    ...(said.join('').length > 8000 ? [`${name}: more than 8000 characters in all`] : []),
    ...options.flatMap((option) => optionProblems(option, `${name}.${option.name}`)),
  ]
}

const nameProblems = (name: string, at: string): readonly string[] =>
  commandName.test(name) && name === name.toLowerCase() ? [] : [`${at}: no name for a command or an option`]

function optionProblems({ name, description, choices = [], autocomplete, type }: CommandOption, at: string): readonly string[] {
  return [
    ...nameProblems(name, at),
    ...absent(`${at}.description`, description),
    ...longer(`${at}.description`, description, 100),
    ...(choices.length > 25 ? [`${at}: ${choices.length} choices, 25 at most`] : []),
    ...(choices.length > 0 && autocomplete ? [`${at}: choices and autocomplete exclude each other`] : []),
    ...(autocomplete && ![3, 4, 10].includes(type) ? [`${at}: type ${type} completes nothing`] : []),
    ...choices.flatMap((choice) => [
      ...longer(`${at}.${choice.name}`, choice.name, 100),
      ...longer(`${at}.${choice.name}`, String(choice.value), 100),
    ]),
  ]
}

export const choiceProblems = (choices: readonly { readonly name: string; readonly value: string | number }[]): readonly string[] => [
  ...(choices.length > 25 ? [`${choices.length} choices, 25 at most`] : []),
  ...choices.flatMap(({ name, value }) => [
    ...absent('choices.name', name),
    ...longer('choices.name', name, 100),
    ...absent('choices.value', String(value)),
    ...longer('choices.value', String(value), 100),
  ]),
]
