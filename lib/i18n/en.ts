import alerts from './messages/en/alerts.json' with { type: 'json' }
import alertWords from './messages/en/alertWords.json' with { type: 'json' }
import audit from './messages/en/audit.json' with { type: 'json' }
import brokers from './messages/en/brokers.json' with { type: 'json' }
import charts from './messages/en/charts.json' with { type: 'json' }
import clusters from './messages/en/clusters.json' with { type: 'json' }
import deadLetters from './messages/en/deadLetters.json' with { type: 'json' }
import errors from './messages/en/errors.json' with { type: 'json' }
import explore from './messages/en/explore.json' with { type: 'json' }
import faults from './messages/en/faults.json' with { type: 'json' }
import findings from './messages/en/findings.json' with { type: 'json' }
import groups from './messages/en/groups.json' with { type: 'json' }
import holds from './messages/en/holds.json' with { type: 'json' }
import lint from './messages/en/lint.json' with { type: 'json' }
import lintCodes from './messages/en/lintCodes.json' with { type: 'json' }
import losses from './messages/en/losses.json' with { type: 'json' }
import lossKinds from './messages/en/lossKinds.json' with { type: 'json' }
import messageBrowser from './messages/en/messageBrowser.json' with { type: 'json' }
import notifications from './messages/en/notifications.json' with { type: 'json' }
import overview from './messages/en/overview.json' with { type: 'json' }
import payload from './messages/en/payload.json' with { type: 'json' }
import reasons from './messages/en/reasons.json' with { type: 'json' }
import receivers from './messages/en/receivers.json' with { type: 'json' }
import replayCodes from './messages/en/replayCodes.json' with { type: 'json' }
import replays from './messages/en/replays.json' with { type: 'json' }
import reports from './messages/en/reports.json' with { type: 'json' }
import risk from './messages/en/risk.json' with { type: 'json' }
import rocketmq from './messages/en/rocketmq.json' with { type: 'json' }
import ruleEditor from './messages/en/ruleEditor.json' with { type: 'json' }
import shell from './messages/en/shell.json' with { type: 'json' }
import signIn from './messages/en/signIn.json' with { type: 'json' }
import states from './messages/en/states.json' with { type: 'json' }
import topics from './messages/en/topics.json' with { type: 'json' }
import ui from './messages/en/ui.json' with { type: 'json' }
import units from './messages/en/units.json' with { type: 'json' }

/** Every English word, by namespace; its shape is what the type of all messages is made from. */
export const en = {
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
