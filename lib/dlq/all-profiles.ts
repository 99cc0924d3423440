/** The built-in profiles and a user's own. */
import { BUILT_IN_PROFILES } from './built-in-profiles.ts'
import { type DlqProfile, dlqProfiles } from './profile.ts'

const builtInNames = new Set(BUILT_IN_PROFILES.map(({ name }) => name))

/** `dlq.profiles` of the configuration. The name of a built-in one is refused: nobody could tell the two apart. */
export const ownProfiles = dlqProfiles
  .superRefine((list, context) => {
    for (const [index, { name }] of list.entries()) {
      if (builtInNames.has(name)) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'issue:dlqProfileBuiltIn' })
      }
    }
  })
  .nullish()
  .transform((list) => list ?? [])

/** All of them, the user's own in front: the first profile that knows a header claims it. Call it once and keep the list. */
export function allProfiles({ profiles }: { profiles: readonly DlqProfile[] }): readonly DlqProfile[] {
  return [...profiles, ...BUILT_IN_PROFILES]
}
