-- CreateTable
CREATE TABLE "ConfiguredCluster" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sealedConfig" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "ExpectedBroker" (
    "clusterId" TEXT NOT NULL,
    "brokerId" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "rack" TEXT,
    "role" TEXT NOT NULL,
    "firstSeenAtMs" BIGINT NOT NULL,
    "lastSeenAtMs" BIGINT NOT NULL,
    "retiredAtMs" BIGINT,

    PRIMARY KEY ("clusterId", "brokerId")
);

-- CreateTable
CREATE TABLE "ClusterState" (
    "clusterId" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "pollIntervalMs" INTEGER NOT NULL,
    "lastPollAtMs" BIGINT,
    "summary" BLOB,
    "topicChunks" INTEGER NOT NULL DEFAULT 0,
    "groupChunks" INTEGER NOT NULL DEFAULT 0,
    "pollErrorAtMs" BIGINT,
    "pollErrorFault" JSONB,
    "pollErrorsInARow" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "SnapshotSection" (
    "clusterId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "versionAtMs" BIGINT NOT NULL,
    "content" BLOB NOT NULL,

    PRIMARY KEY ("clusterId", "name")
);

-- CreateTable
CREATE TABLE "HistoryShard" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "clusterId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "dictionary" BLOB NOT NULL,
    "entityCount" INTEGER NOT NULL,
    "createdAtMs" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "HistoryFrame" (
    "shardId" INTEGER NOT NULL,
    "atMs" BIGINT NOT NULL,
    "untilMs" BIGINT NOT NULL,
    "isKey" BOOLEAN NOT NULL,
    "content" BLOB NOT NULL,

    PRIMARY KEY ("shardId", "atMs")
);

-- CreateTable
CREATE TABLE "HistoryFailedPoll" (
    "clusterId" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "intervalMs" INTEGER NOT NULL,

    PRIMARY KEY ("clusterId", "atMs")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "atMs" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "outcome" TEXT NOT NULL,
    "httpStatus" INTEGER,
    "remoteAddress" TEXT,
    "detail" JSONB
);

-- CreateTable
CREATE TABLE "Session" (
    "idHash" TEXT NOT NULL PRIMARY KEY,
    "actor" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,
    "revokedAtMs" BIGINT
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "tokenHash" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "revokedAtMs" BIGINT
);

-- CreateTable
CREATE TABLE "CollectorLease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "holderId" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "takenAtMs" BIGINT NOT NULL,
    "heartbeatAtMs" BIGINT NOT NULL
);

-- CreateIndex
CREATE INDEX "HistoryShard_clusterId_kind_idx" ON "HistoryShard"("clusterId", "kind");

-- CreateIndex
CREATE INDEX "AuditEntry_atMs_idx" ON "AuditEntry"("atMs");

-- CreateIndex
CREATE INDEX "Session_expiresAtMs_idx" ON "Session"("expiresAtMs");
