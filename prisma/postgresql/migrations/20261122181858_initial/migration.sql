-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "ConfiguredCluster" (
    "id" TEXT NOT NULL,
    "sealedConfig" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "ConfiguredCluster_pkey" PRIMARY KEY ("id")
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

    CONSTRAINT "ExpectedBroker_pkey" PRIMARY KEY ("clusterId","brokerId")
);

-- CreateTable
CREATE TABLE "ClusterState" (
    "clusterId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "pollIntervalMs" INTEGER NOT NULL,
    "lastPollAtMs" BIGINT,
    "summary" BYTEA,
    "topicChunks" INTEGER NOT NULL DEFAULT 0,
    "groupChunks" INTEGER NOT NULL DEFAULT 0,
    "pollErrorAtMs" BIGINT,
    "pollErrorFault" JSONB,
    "pollErrorsInARow" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ClusterState_pkey" PRIMARY KEY ("clusterId")
);

-- CreateTable
CREATE TABLE "SnapshotSection" (
    "clusterId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "versionAtMs" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "SnapshotSection_pkey" PRIMARY KEY ("clusterId","name")
);

-- CreateTable
CREATE TABLE "HistoryShard" (
    "id" SERIAL NOT NULL,
    "clusterId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "dictionary" BYTEA NOT NULL,
    "entityCount" INTEGER NOT NULL,
    "createdAtMs" BIGINT NOT NULL,

    CONSTRAINT "HistoryShard_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HistoryFrame" (
    "shardId" INTEGER NOT NULL,
    "atMs" BIGINT NOT NULL,
    "untilMs" BIGINT NOT NULL,
    "isKey" BOOLEAN NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "HistoryFrame_pkey" PRIMARY KEY ("shardId","atMs")
);

-- CreateTable
CREATE TABLE "HistoryFailedPoll" (
    "clusterId" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "intervalMs" INTEGER NOT NULL,

    CONSTRAINT "HistoryFailedPoll_pkey" PRIMARY KEY ("clusterId","atMs")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" SERIAL NOT NULL,
    "atMs" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "outcome" TEXT NOT NULL,
    "httpStatus" INTEGER,
    "remoteAddress" TEXT,
    "detail" JSONB,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "idHash" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,
    "revokedAtMs" BIGINT,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("idHash")
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "tokenHash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "revokedAtMs" BIGINT,

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "CollectorLease" (
    "name" TEXT NOT NULL,
    "holderId" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "takenAtMs" BIGINT NOT NULL,
    "heartbeatAtMs" BIGINT NOT NULL,

    CONSTRAINT "CollectorLease_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "HistoryShard_clusterId_kind_idx" ON "HistoryShard"("clusterId", "kind");

-- CreateIndex
CREATE INDEX "AuditEntry_atMs_idx" ON "AuditEntry"("atMs");

-- CreateIndex
CREATE INDEX "Session_expiresAtMs_idx" ON "Session"("expiresAtMs");
