-- CreateTable
CREATE TABLE "Replay" (
    "id" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "targetClusterId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "request" BYTEA NOT NULL,
    "plan" BYTEA,
    "planDigest" TEXT,
    "planHash" TEXT,
    "plannedAtMs" BIGINT,
    "recordsPerSecond" DOUBLE PRECISION,
    "bytesPerSecond" DOUBLE PRECISION,
    "selectedCount" BIGINT NOT NULL DEFAULT 0,
    "producedCount" BIGINT NOT NULL DEFAULT 0,
    "skippedCount" BIGINT NOT NULL DEFAULT 0,
    "failedCount" BIGINT NOT NULL DEFAULT 0,
    "deliveredCount" BIGINT,
    "returnedCount" BIGINT NOT NULL DEFAULT 0,
    "activeQueue" TEXT,
    "hasOpenRun" BOOLEAN NOT NULL DEFAULT false,
    "isWatched" BOOLEAN NOT NULL DEFAULT false,
    "canarySentAtMs" BIGINT,
    "isCanaryPassed" BOOLEAN NOT NULL DEFAULT false,
    "baseline" JSONB,
    "lookFrom" JSONB,
    "deliveredTo" JSONB,
    "waitsFor" JSONB,
    "speed" DOUBLE PRECISION,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "approvedAtMs" BIGINT,
    "approvedBy" TEXT,
    "startedAtMs" BIGINT,
    "endedAtMs" BIGINT,
    "error" JSONB,

    CONSTRAINT "Replay_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ReplayPart" (
    "replayId" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "partition" INTEGER NOT NULL,
    "broker" TEXT NOT NULL,
    "selected" BYTEA NOT NULL,
    "skips" BYTEA,
    "nextOffset" BIGINT NOT NULL,
    "inFlightTo" BIGINT,
    "stopped" BYTEA,

    CONSTRAINT "ReplayPart_pkey" PRIMARY KEY ("replayId","ordinal")
);

-- CreateTable
CREATE TABLE "ReplayOutcome" (
    "replayId" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "firstOffset" BIGINT NOT NULL,
    "nextOffset" BIGINT NOT NULL,
    "produced" INTEGER NOT NULL,
    "delivered" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "ReplayOutcome_pkey" PRIMARY KEY ("replayId","ordinal","firstOffset")
);

-- CreateIndex
CREATE UNIQUE INDEX "Replay_activeQueue_key" ON "Replay"("activeQueue");

-- CreateIndex
CREATE INDEX "Replay_state_idx" ON "Replay"("state");

-- CreateIndex
CREATE INDEX "Replay_clusterId_topic_idx" ON "Replay"("clusterId", "topic");

-- CreateIndex
CREATE INDEX "Replay_createdAtMs_id_idx" ON "Replay"("createdAtMs", "id");
