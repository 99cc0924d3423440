/** Every declared route: what the OpenAPI document lists. A test holds it to the files under `app`. */
import { explainAlertRoutesRoute, listAlertRoutesRoute } from './alert-routes/route-routes.ts'
import { acknowledgeAlertRoute, getAlertRoute, listAlertsRoute } from './alerts/alert-routes.ts'
import {
  addAlertRuleRoute,
  listAlertRulesRoute,
  previewAlertRuleRoute,
  removeAlertRuleRoute,
  replaceAlertRuleRoute,
} from './alerts/rule-routes.ts'
import { addSilenceRoute, listSilencesRoute, removeSilenceRoute } from './alerts/silence-routes.ts'
import { exportAuditRoute, listAuditRoute } from './audit/audit-routes.ts'
import { listBrokersRoute, listGrowingTopicsRoute, retireBrokerRoute } from './brokers/broker-routes.ts'
import { checksReportRoute, listChecksRoute } from './checks/check-routes.ts'
import {
  addClusterRoute,
  getClusterRoute,
  listClustersRoute,
  removeClusterRoute,
  testClusterRoute,
} from './clusters/cluster-routes.ts'
import { getDeliveryRoute, listDeliveriesRoute, resendDeliveryRoute } from './deliveries/delivery-routes.ts'
import {
  archiveLettersRoute,
  exportLettersRoute,
  getLetterRoute,
  listCausesRoute,
  listDlqsRoute,
  listLettersRoute,
  previewChangeRoute,
  previewPurgeRoute,
  purgeLettersRoute,
  restoreLettersRoute,
} from './dlqs/dlq-routes.ts'
import { listEventsRoute } from './events/event-routes.ts'
import { listClusterFindingsRoute, listFindingsRoute, listRulesRoute } from './findings/finding-routes.ts'
import { getGroupRoute, listGroupsRoute } from './groups/group-routes.ts'
import { liveRoute, readyRoute } from './health/health-routes.ts'
import { extendHoldRoute, getHoldRoute, listHoldsRoute, releaseHoldRoute, startHoldRoute } from './holds/hold-routes.ts'
import { lintRoute } from './lint/lint-routes.ts'
import { acknowledgeLossRoute, listLossesRoute } from './losses/loss-routes.ts'
import { getMessageRoute, listMessagesRoute, produceMessageRoute } from './messages/message-routes.ts'
import { metricsRoute } from './metrics/metrics-routes.ts'
import { addMuteRoute, listMutesRoute, removeMuteRoute } from './mutes/mute-routes.ts'
import {
  addReceiverRoute,
  listReceiversRoute,
  removeReceiverRoute,
  testReceiverRoute,
} from './receivers/receiver-routes.ts'
import {
  previewGroupRepairRoute,
  previewRepairRoute,
  startGroupRepairRoute,
  startRepairRoute,
} from './repairs/repair-routes.ts'
import {
  approveReplayRoute,
  cancelReplayRoute,
  createReplayRoute,
  getReplayRoute,
  listReplayRecordsRoute,
  listReplaysRoute,
  pauseReplayRoute,
  replayReportRoute,
  resumeReplayRoute,
  setReplayRateRoute,
  startReplayRoute,
} from './replays/replay-routes.ts'
import { createReportRoute, exportReportRoute, getReportRoute, listReportsRoute } from './reports/report-routes.ts'
import type { Route } from './route-declaration.ts'
import { listMetricsRoute, readSeriesRoute } from './series/series-routes.ts'
import { signInRoute, signOutRoute, whoRoute } from './session/session-routes.ts'
import { readStatusRoute } from './status/status-routes.ts'
import { readLadderRoute } from './topics/ladder-routes.ts'
import { getTopicRoute, listTopicsRoute } from './topics/topic-routes.ts'

export const ALL_ROUTES: readonly Route[] = [
  liveRoute,
  readyRoute,
  metricsRoute,
  readStatusRoute,
  whoRoute,
  signInRoute,
  signOutRoute,
  listClustersRoute,
  addClusterRoute,
  testClusterRoute,
  getClusterRoute,
  removeClusterRoute,
  listBrokersRoute,
  listGrowingTopicsRoute,
  retireBrokerRoute,
  listTopicsRoute,
  getTopicRoute,
  getHoldRoute,
  startHoldRoute,
  extendHoldRoute,
  releaseHoldRoute,
  listHoldsRoute,
  previewRepairRoute,
  startRepairRoute,
  previewGroupRepairRoute,
  startGroupRepairRoute,
  readLadderRoute,
  listMessagesRoute,
  getMessageRoute,
  produceMessageRoute,
  listGroupsRoute,
  getGroupRoute,
  listRulesRoute,
  listFindingsRoute,
  listClusterFindingsRoute,
  listChecksRoute,
  checksReportRoute,
  listMutesRoute,
  addMuteRoute,
  removeMuteRoute,
  listReceiversRoute,
  addReceiverRoute,
  removeReceiverRoute,
  testReceiverRoute,
  listDeliveriesRoute,
  getDeliveryRoute,
  resendDeliveryRoute,
  listDlqsRoute,
  listReplaysRoute,
  createReplayRoute,
  getReplayRoute,
  setReplayRateRoute,
  listReplayRecordsRoute,
  replayReportRoute,
  startReplayRoute,
  approveReplayRoute,
  pauseReplayRoute,
  resumeReplayRoute,
  cancelReplayRoute,
  listCausesRoute,
  listLettersRoute,
  getLetterRoute,
  exportLettersRoute,
  archiveLettersRoute,
  previewChangeRoute,
  restoreLettersRoute,
  previewPurgeRoute,
  purgeLettersRoute,
  listMetricsRoute,
  readSeriesRoute,
  lintRoute,
  listEventsRoute,
  listLossesRoute,
  acknowledgeLossRoute,
  listAlertsRoute,
  getAlertRoute,
  acknowledgeAlertRoute,
  listAlertRulesRoute,
  addAlertRuleRoute,
  replaceAlertRuleRoute,
  removeAlertRuleRoute,
  previewAlertRuleRoute,
  listAlertRoutesRoute,
  explainAlertRoutesRoute,
  listSilencesRoute,
  addSilenceRoute,
  removeSilenceRoute,
  listReportsRoute,
  createReportRoute,
  getReportRoute,
  exportReportRoute,
  listAuditRoute,
  exportAuditRoute,
]
