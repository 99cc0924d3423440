-- CreateTable
CREATE TABLE "RetentionHold" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clusterId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "topicId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "untilAtMs" BIGINT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "activeAtMs" BIGINT,
    "releasedBy" TEXT,
    "endedAtMs" BIGINT,
    "outcome" TEXT,
    "openTopic" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "claimedUntilMs" BIGINT,
    "lookAtMs" BIGINT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "fault" JSONB
);

-- CreateIndex
CREATE UNIQUE INDEX "RetentionHold_openTopic_key" ON "RetentionHold"("openTopic");

-- CreateIndex
CREATE INDEX "RetentionHold_clusterId_topic_createdAtMs_idx" ON "RetentionHold"("clusterId", "topic", "createdAtMs");

-- CreateIndex
CREATE INDEX "RetentionHold_lookAtMs_idx" ON "RetentionHold"("lookAtMs");
