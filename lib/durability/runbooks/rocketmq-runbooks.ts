/**
 * For RocketMQ's own `mqadmin`, as it is in 4.9 and 5.x; `haStatus` and all about controllers are 5.x alone. Words in
 * capitals stand for what only the step before tells. Where brokers read a setting at their start alone, or would go on
 * with half of it, there is no command: its file is changed and the broker restarted.
 */
import { ANY_BROKER } from './rocketmq-commands.ts'
import {
  backToBefore,
  broker,
  CONTROLLER,
  config,
  copiesMissing,
  group,
  groupSettings,
  mqadmin,
  ownNameServer,
  permissionOfTopic,
  progress,
  replicaSettings,
  resetToTime,
  runtime,
  set,
  setOn,
  syncStateSet,
  topic,
  topicRoute,
  twiceHours,
} from './rocketmq-steps.ts'
import { type Runbooks, step } from './runbook.ts'

const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC'
const GIVEN_UP_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'

export const ROCKETMQ_RUNBOOKS: Runbooks = {
  'partition.offline': (target) => [step('list', topicRoute(target)), step('start'), step('check', topicRoute(target))],
  'partition.underMinIsr': copiesMissing,
  'partition.atMinIsr': copiesMissing,
  'partition.underReplicated': copiesMissing,
  'topic.holdConflict': (target) => [
    step('look', config(target, 'fileReservedTime')),
    step('set', backToBefore(target)),
    step('keep'),
  ],
  'topic.holdOverdue': (target) => [
    step('look', config(target, 'fileReservedTime')),
    step('set', backToBefore(target)),
    step('wait'),
  ],
  'topic.retentionBelowLag': (target) => [
    step('describe', progress(target)),
    step('extend', setOn(target, ANY_BROKER, 'fileReservedTime', twiceHours(target))),
    step('speedUp'),
    step('check', progress(target)),
  ],
  'topic.writeOnly': permissionOfTopic,
  'topic.notWritable': permissionOfTopic,
  'topic.singleBroker': (target) => [
    step('route', topicRoute(target)),
    step('create', mqadmin(target, 'updateTopic', `-b ${ANY_BROKER}`, topic(target), '-r QUEUES -w QUEUES -p 6')),
    step('check', topicRoute(target)),
  ],
  'broker.missing': (target) => [
    step('log'),
    step('affected', mqadmin(target, 'clusterList')),
    step('start'),
    step('check', mqadmin(target, 'clusterList')),
    step('retire'),
  ],
  'broker.unreachable': (target) => [
    step('reach', mqadmin(target, 'brokerStatus', broker(target))),
    step('advertised', mqadmin(target, 'clusterList')),
    step('correct'),
  ],
  'broker.commitLogFull': (target) => [
    step('look', runtime(target, 'DiskRatio')),
    step('keep', set(target, 'cleanFileForciblyEnable', 'false')),
    step('expire', mqadmin(target, 'deleteExpiredCommitLog', broker(target))),
    step('shorten', set(target, 'fileReservedTime', 'HOURS')),
    step('enlarge'),
    step('check', runtime(target, 'DiskRatio')),
  ],
  'broker.asyncFlush': (target) => [
    step('look', config(target, 'flushDiskType', 'brokerRole', 'inSyncReplicas')),
    ...(target.finding.facts.copy === 'none' ? [] : [step('slaves', mqadmin(target, 'haStatus', broker(target)))]),
    step('file'),
    step('check', config(target, 'flushDiskType', 'brokerRole', 'inSyncReplicas')),
  ],
  'broker.asyncMaster': (target) => [
    step('slaves', mqadmin(target, 'haStatus', broker(target))),
    step('file'),
    step('check', config(target, 'brokerRole', 'inSyncReplicas')),
  ],
  'broker.syncMasterInNameOnly': (target) => [
    step('slaves', mqadmin(target, 'haStatus', broker(target))),
    step('set', set(target, 'inSyncReplicas', '2')),
    step('check', config(target, 'brokerRole', 'inSyncReplicas')),
  ],
  'broker.minInSyncReplicasOne': (target) => [
    step('look', syncStateSet(target)),
    step('set', set(target, 'minInSyncReplicas', '2')),
    step('check', config(target, 'minInSyncReplicas')),
  ],
  'broker.autoInSyncReplicas': (target) => [
    step('set', set(target, 'enableAutoInSyncReplicas', 'false')),
    step('check', config(target, 'enableAutoInSyncReplicas')),
  ],
  'broker.noSlave': (target) => [step('add'), step('check', mqadmin(target, 'clusterList'))],
  'broker.noAutomaticFailover': () => [step('choose'), step('rehearse')],
  'broker.slaveBehind': (target) => [
    step('look', mqadmin(target, 'haStatus', broker(target))),
    step('disk', mqadmin(target, 'brokerStatus', broker(target))),
    step('relieve'),
    step('check', mqadmin(target, 'haStatus', broker(target))),
  ],
  'broker.slaveStuck': (target) => [
    step('look', mqadmin(target, 'haStatus', broker(target))),
    step('log'),
    step('restart'),
    step('check', mqadmin(target, 'haStatus', broker(target))),
  ],
  'broker.slaveMissingOffsets': (target) => [
    step('note', mqadmin(target, 'consumerProgress')),
    step('upgrade'),
    step('reset', mqadmin(target, 'resetOffsetByTime', '-g GROUP -t TOPIC -s TIMESTAMP')),
  ],
  'broker.slaveMissingTopics': () => [step('log'), step('restart'), step('check')],
  'broker.replicaSettingsDiffer': replicaSettings,
  'broker.masterMissing': (target) => [
    step('list', mqadmin(target, 'clusterList')),
    step('log'),
    step('start'),
    step('check', mqadmin(target, 'clusterList')),
    step('promote'),
  ],
  'broker.forcedCleaning': (target) => [
    step('look', runtime(target, 'DiskRatio')),
    step('set', set(target, 'cleanFileForciblyEnable', 'false')),
    step('watch'),
    step('check', config(target, 'cleanFileForciblyEnable')),
  ],
  'broker.transientStorePool': (target) => [step('file'), step('check', config(target, 'transientStorePoolEnable'))],
  'broker.flushBehind': (target) => [
    step('look', runtime(target, 'remainHowManyDataToFlush')),
    step('disk'),
    step('check', runtime(target, 'remainHowManyDataToFlush')),
  ],
  'broker.putFailures': (target) => [
    step('look', runtime(target, 'putMessageFailedTimes')),
    step('log'),
    step('check', runtime(target, 'putMessageFailedTimes')),
  ],
  'broker.permission': (target) => [
    step('look', config(target, 'brokerPermission')),
    step('set', set(target, 'brokerPermission', '6')),
    step('check', config(target, 'brokerPermission')),
  ],
  'broker.timerStopped': (target) => {
    const settings = String(target.finding.facts.settings).split(', ')
    const known = ['timerStopEnqueue', 'timerStopDequeue'].filter((setting) => settings.includes(setting))
    return [
      ...known.map((setting) => step(setting, set(target, setting, 'false'))),
      step('check', runtime(target, 'timerReadBehind')),
    ]
  },
  'broker.delayStuck': (target) => [
    step('look', runtime(target, 'scheduleMessageOffset')),
    step('log'),
    step('restart'),
    step('check', runtime(target, 'scheduleMessageOffset')),
  ],
  'broker.halfMessagesWaiting': (target) => [
    step('producers', mqadmin(target, 'producerConnection', group(target), topic(target))),
    step('answer'),
    step('extend', set(target, 'transactionCheckMax', '100')),
    step('check', mqadmin(target, 'topicStatus', `-t ${HALF_TOPIC}`)),
  ],
  'broker.rejectsTransactions': (target) => [
    step('set', set(target, 'rejectTransactionMessage', 'false')),
    step('check', config(target, 'rejectTransactionMessage')),
  ],
  'broker.autoCreateGroups': (target) => [
    step('set', set(target, 'autoCreateSubscriptionGroup', 'false')),
    step('check', config(target, 'autoCreateSubscriptionGroup')),
  ],
  'broker.crcNotChecked': (target) => [step('file'), step('check', config(target, 'checkCRCOnRecover'))],
  'broker.ackBeforeSyncStateSet': (target) => [
    step('look', syncStateSet(target)),
    step('set', set(target, 'allAckInSyncStateSet', 'true')),
    step('check', config(target, 'allAckInSyncStateSet')),
  ],
  'broker.autoCreateTopics': (target) => [
    step('set', set(target, 'autoCreateTopicEnable', 'false')),
    step('check', config(target, 'autoCreateTopicEnable')),
  ],
  'broker.vulnerableVersion': (target) => [
    step('restrict'),
    step('upgrade'),
    step('check', mqadmin(target, 'clusterList')),
  ],
  'broker.noAuthentication': (target) => [
    step('restrict'),
    step('file'),
    step('check', config(target, 'aclEnable', 'authenticationEnabled')),
  ],
  'controller.noLeader': (target) => [
    step('look', mqadmin(target, 'getControllerMetaData', `-a ${CONTROLLER}`)),
    step('start'),
    step('check', mqadmin(target, 'getControllerMetaData', `-a ${CONTROLLER}`)),
  ],
  'controller.replicaNotInSync': (target) => [
    step('look', syncStateSet(target)),
    step('start'),
    step('check', syncStateSet(target)),
  ],
  'nameServer.unreachable': (target) => [
    step('reach', mqadmin(ownNameServer(target), 'clusterList')),
    step('start'),
    step('check', mqadmin(ownNameServer(target), 'clusterList')),
  ],
  'nameServer.differs': (target) => [
    step('compare', mqadmin(ownNameServer(target), 'clusterList')),
    step('register', `${mqadmin(target, 'getBrokerConfig', `-b ${ANY_BROKER}`)} | grep namesrvAddr`),
    step('check', mqadmin(ownNameServer(target), 'clusterList')),
  ],
  'nameServer.single': (target) => [step('add'), step('tell'), step('check', mqadmin(target, 'clusterList'))],
  'group.unreadDeleted': (target) => [
    step('describe', progress(target)),
    step('retention', `${mqadmin(target, 'getBrokerConfig', `-b ${ANY_BROKER}`)} | grep fileReservedTime`),
    step('extend', setOn(target, ANY_BROKER, 'fileReservedTime', 'HOURS')),
    step('recover'),
  ],
  'group.lossForecast': (target) => [
    step('describe', progress(target)),
    step('extend', setOn(target, ANY_BROKER, 'fileReservedTime', twiceHours(target))),
    step('scale'),
    step('check', progress(target)),
  ],
  'group.commitAheadOfLog': (target) => [
    step('describe', progress(target)),
    step('find', mqadmin(target, 'topicStatus', topic(target))),
    step('position', resetToTime(target)),
    step('check', progress(target)),
  ],
  'group.rewound': (target) => [
    step('describe', progress(target)),
    step('look'),
    step('position', resetToTime(target)),
    step('check', progress(target)),
  ],
  'group.stopped': (target) => [
    step('describe', progress(target)),
    step('start'),
    step('check', progress(target)),
    step('forget', mqadmin(target, 'deleteSubGroup', `-b ${ANY_BROKER}`, group(target))),
  ],
  'group.stalled': (target) => [
    step('describe', progress(target)),
    step('look', mqadmin(target, 'consumerStatus', group(target), '-s')),
    step('check', progress(target)),
  ],
  'group.retryQueuesZero': (target) => groupSettings(target, { '-q': '1' }),
  'group.retriesZero': (target) => groupSettings(target, { '-r': '16' }),
  'group.consumeDisabled': (target) => [step('ask'), ...groupSettings(target, { '-s': 'true' })],
  // Which of the values is meant the brokers do not tell.
  'group.settingsDiffer': (target) => groupSettings(target, { '-s': 'true', '-q': 'RETRY_QUEUES', '-r': 'RETRIES' }),
  'group.broadcasting': (target) => [
    step('look', mqadmin(target, 'consumerConnection', group(target))),
    step('choose'),
  ],
  'group.consumeFromLast': (target) => [
    step('look', mqadmin(target, 'consumerConnection', group(target))),
    step('choose'),
  ],
  'dlq.expiring': (target) => [
    step('hold'),
    step('keep', setOn(target, ANY_BROKER, 'fileReservedTime', 'HOURS')),
    step('handle'),
    step('check', `${mqadmin(target, 'getBrokerConfig', `-b ${ANY_BROKER}`)} | grep fileReservedTime`),
  ],
  'dlq.growing': (target) => [
    step('look', mqadmin(target, 'topicStatus', topic(target))),
    step('causes'),
    step('mend'),
  ],
  'cluster.partlyUnknown': (target) => [step('reach', mqadmin(target, 'clusterList')), step('rights')],
  'group.transactionsAbandoned': (target) => [
    step('read', mqadmin(target, 'printMsg', `-t ${GIVEN_UP_TOPIC} -d true`)),
    step('decide'),
    step('producers'),
    step('check', mqadmin(target, 'topicStatus', `-t ${GIVEN_UP_TOPIC}`)),
  ],
}
