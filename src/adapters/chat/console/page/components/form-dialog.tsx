import { useEffect, useRef } from 'preact/hooks'
import type { FormField } from '../../../../../ports/chat.ts'
import { plain } from '../format.ts'
import { asking, submit } from '../forms.ts'

function Field({ field }: { readonly field: FormField }) {
  const id = `form-${field.name}`
  const shared = { id, name: field.name, defaultValue: field.value, required: field.required, maxLength: field.maxLength }
  const number = /^[\d.,$ ]+$/.test(field.value)
  return (
    <label htmlFor={id}>
      <span>{plain(field.label)}</span>
      {field.long ? <textarea {...shared} rows={3} /> : <input {...shared} inputMode={number ? 'decimal' : 'text'} autoComplete="off" />}
      {field.hint !== '' && <small class="muted">{plain(field.hint)}</small>}
    </label>
  )
}

const valuesOf = (form: HTMLFormElement): Readonly<Record<string, string>> =>
  Object.fromEntries([...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))

/** Any form of any button, as the other chats would show it as a modal. */
export function FormDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = asking.value
  const form = open?.form ?? null
  useEffect(() => {
    if (form) dialog.current?.showModal()
    else dialog.current?.close()
  }, [form])
  const close = () => {
    asking.value = null
  }
  return (
    <dialog ref={dialog} class="dialog narrow" aria-labelledby="form-title" data-testid="form" onClose={close}>
      {open && (
        <form
          key={open.form.id}
          onSubmit={(event) => {
            event.preventDefault()
            void submit(valuesOf(event.currentTarget))
          }}
        >
          <h2 id="form-title">{plain(open.form.title)}</h2>
          {open.form.fields.map((field) => (
            <Field key={field.name} field={field} />
          ))}
          {open.problem !== null && (
            <p class="problem" role="alert">
              ⚠ {plain(open.problem)}
            </p>
          )}
          <div class="actions">
            <button type="submit" class="button approve" disabled={open.sending}>
              {open.sending ? 'Sending…' : plain(open.form.submit)}
            </button>
            <button type="button" class="button" onClick={close}>
              Cancel
            </button>
          </div>
        </form>
      )}
    </dialog>
  )
}
