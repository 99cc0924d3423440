'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { type ClusterForm, idFromName, SIGN_INS } from '../../lib/client/cluster-form.ts'
import { Checkbox, Field, TextArea, TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

interface FieldsProps {
  form: ClusterForm
  onChange(part: Partial<ClusterForm>): void
}

export function ClusterFields({ form, onChange }: FieldsProps): ReactElement {
  const t = useTranslations('clusters.add')
  return (
    <form className="space-y-4" onSubmit={(event) => event.preventDefault()}>
      <KindField form={form} onChange={onChange} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id="cluster-name" label={t('name')} hint={t('nameHint')}>
          <TextInput id="cluster-name" value={form.name} onChange={(event) => onChange({ name: event.target.value })} />
        </Field>
        <Field id="cluster-id" label={t('id')} hint={t('idHint')}>
          <TextInput
            id="cluster-id"
            value={form.id}
            placeholder={idFromName(form.name)}
            onChange={(event) => onChange({ id: event.target.value })}
          />
        </Field>
      </div>
      <Field id="cluster-servers" label={t(`servers.${form.kind}`)} hint={t(`serversHint.${form.kind}`)}>
        <TextArea
          id="cluster-servers"
          rows={2}
          value={form.servers}
          placeholder={t(`serversExample.${form.kind}`)}
          onChange={(event) => onChange({ servers: event.target.value })}
        />
      </Field>
      <Checkbox id="cluster-tls" label={t('tls')} checked={form.tls} onChange={(tls) => onChange({ tls })} />
      {form.tls ? (
        <Field id="cluster-ca" label={t('ca')} hint={t('caHint')}>
          <TextArea
            id="cluster-ca"
            rows={3}
            value={form.ca}
            onChange={(event) => onChange({ ca: event.target.value })}
          />
        </Field>
      ) : null}
      {form.kind === 'kafka' ? (
        <SignInFields form={form} onChange={onChange} />
      ) : (
        <AclFields form={form} onChange={onChange} />
      )}
      <Field id="cluster-address-map" label={t('addressMap')} hint={t('addressMapHint')}>
        <TextArea
          id="cluster-address-map"
          rows={2}
          value={form.addressMap}
          placeholder={t(`addressMapExample.${form.kind}`)}
          onChange={(event) => onChange({ addressMap: event.target.value })}
        />
      </Field>
      <Checkbox
        id="cluster-read-only"
        label={t('readOnly')}
        checked={form.readOnly}
        onChange={(readOnly) => onChange({ readOnly })}
      />
    </form>
  )
}

function SignInFields({ form, onChange }: FieldsProps): ReactElement {
  const t = useTranslations('clusters.add')
  const isToken = form.signIn === 'oauthbearer'
  return (
    <>
      <Field id="cluster-sign-in" label={t('signIn')}>
        <Select
          id="cluster-sign-in"
          aria-label={t('signIn')}
          value={form.signIn}
          options={SIGN_INS.map((value) => ({ value, label: t(`signIns.${value}`) }))}
          onValueChange={(signIn) => onChange({ signIn })}
        />
      </Field>
      {form.signIn === 'none' ? null : (
        <div className="grid gap-4 sm:grid-cols-2">
          {isToken ? null : (
            <Field id="cluster-username" label={t('username')}>
              <TextInput
                id="cluster-username"
                value={form.username}
                onChange={(event) => onChange({ username: event.target.value })}
              />
            </Field>
          )}
          <Field id="cluster-secret" label={isToken ? t('token') : t('password')} hint={t('secretHint')}>
            <TextInput
              id="cluster-secret"
              type="password"
              autoComplete="new-password"
              value={form.secret}
              onChange={(event) => onChange({ secret: event.target.value })}
            />
          </Field>
        </div>
      )}
    </>
  )
}

const KINDS = ['kafka', 'rocketmq'] as const

function KindField({ form, onChange }: FieldsProps): ReactElement {
  const t = useTranslations('clusters')
  return (
    <Field id="cluster-kind" label={t('list.kind')}>
      <Select
        id="cluster-kind"
        aria-label={t('list.kind')}
        value={form.kind}
        options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        onValueChange={(kind) => onChange({ kind })}
      />
    </Field>
  )
}

/** RocketMQ's account; the same pair signs for ACL 1.0 and 2.0. */
function AclFields({ form, onChange }: FieldsProps): ReactElement {
  const t = useTranslations('clusters.add')
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field id="cluster-access-key" label={t('accessKey')} hint={t('accessKeyHint')}>
        <TextInput
          id="cluster-access-key"
          value={form.accessKey}
          onChange={(event) => onChange({ accessKey: event.target.value })}
        />
      </Field>
      <Field id="cluster-secret-key" label={t('secretKey')} hint={t('secretHint')}>
        <TextInput
          id="cluster-secret-key"
          type="password"
          autoComplete="new-password"
          value={form.secretKey}
          onChange={(event) => onChange({ secretKey: event.target.value })}
        />
      </Field>
    </div>
  )
}
