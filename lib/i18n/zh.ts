import type { en } from './en.ts'
import alerts from './messages/zh/alerts.json' with { type: 'json' }
import alertWords from './messages/zh/alertWords.json' with { type: 'json' }
import audit from './messages/zh/audit.json' with { type: 'json' }
import brokers from './messages/zh/brokers.json' with { type: 'json' }
import charts from './messages/zh/charts.json' with { type: 'json' }
import clusters from './messages/zh/clusters.json' with { type: 'json' }
import deadLetters from './messages/zh/deadLetters.json' with { type: 'json' }
import errors from './messages/zh/errors.json' with { type: 'json' }
import explore from './messages/zh/explore.json' with { type: 'json' }
import faults from './messages/zh/faults.json' with { type: 'json' }
import findings from './messages/zh/findings.json' with { type: 'json' }
import groups from './messages/zh/groups.json' with { type: 'json' }
import holds from './messages/zh/holds.json' with { type: 'json' }
import lint from './messages/zh/lint.json' with { type: 'json' }
import lintCodes from './messages/zh/lintCodes.json' with { type: 'json' }
import losses from './messages/zh/losses.json' with { type: 'json' }
import lossKinds from './messages/zh/lossKinds.json' with { type: 'json' }
import messageBrowser from './messages/zh/messageBrowser.json' with { type: 'json' }
import notifications from './messages/zh/notifications.json' with { type: 'json' }
import overview from './messages/zh/overview.json' with { type: 'json' }
import payload from './messages/zh/payload.json' with { type: 'json' }
import reasons from './messages/zh/reasons.json' with { type: 'json' }
import receivers from './messages/zh/receivers.json' with { type: 'json' }
import replayCodes from './messages/zh/replayCodes.json' with { type: 'json' }
import replays from './messages/zh/replays.json' with { type: 'json' }
import reports from './messages/zh/reports.json' with { type: 'json' }
import risk from './messages/zh/risk.json' with { type: 'json' }
import rocketmq from './messages/zh/rocketmq.json' with { type: 'json' }
import ruleEditor from './messages/zh/ruleEditor.json' with { type: 'json' }
import shell from './messages/zh/shell.json' with { type: 'json' }
import signIn from './messages/zh/signIn.json' with { type: 'json' }
import states from './messages/zh/states.json' with { type: 'json' }
import topics from './messages/zh/topics.json' with { type: 'json' }
import ui from './messages/zh/ui.json' with { type: 'json' }
import units from './messages/zh/units.json' with { type: 'json' }

/** Every Chinese word; the type says that no namespace is missing. */
export const zh: Record<keyof typeof en, object> = {
  alerts,
  alertWords,
  audit,
  brokers,
  charts,
  clusters,
  deadLetters,
  errors,
  explore,
  faults,
  findings,
  groups,
  holds,
  lint,
  lintCodes,
  losses,
  lossKinds,
  messageBrowser,
  notifications,
  overview,
  payload,
  reasons,
  receivers,
  replayCodes,
  replays,
  reports,
  risk,
  rocketmq,
  ruleEditor,
  shell,
  signIn,
  states,
  topics,
  ui,
  units,
}
