-- CreateTable
CREATE TABLE "Alert" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clusterId" TEXT NOT NULL,
    "openPlace" TEXT,
    "ruleCode" TEXT NOT NULL,
    "ruleRevision" TEXT NOT NULL,
    "subjectType" TEXT NOT NULL,
    "subjectName" TEXT NOT NULL,
    "subjectPart" TEXT,
    "episode" BIGINT NOT NULL,
    "basisKind" TEXT NOT NULL,
    "basisCode" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "facts" TEXT NOT NULL,
    "labels" TEXT NOT NULL,
    "changesAtMs" TEXT NOT NULL,
    "startedAtMs" BIGINT NOT NULL,
    "firedAtMs" BIGINT,
    "stateAtMs" BIGINT NOT NULL,
    "clearSinceMs" BIGINT,
    "isFlapping" BOOLEAN NOT NULL,
    "inhibitedBy" TEXT,
    "endedAtMs" BIGINT,
    "endReason" TEXT,
    "writes" INTEGER NOT NULL DEFAULT 1,
    "acknowledgedAtMs" BIGINT,
    "acknowledgedBy" TEXT,
    "note" TEXT
);

-- CreateTable
CREATE TABLE "AlertTransition" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "alertId" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "fromState" TEXT,
    "toState" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "isInhibited" BOOLEAN NOT NULL
);

-- CreateTable
CREATE TABLE "AlertSilence" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "code" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "severity" TEXT,
    "reason" TEXT NOT NULL,
    "fromAtMs" BIGINT NOT NULL,
    "untilAtMs" BIGINT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Alert_openPlace_key" ON "Alert"("openPlace");

-- CreateIndex
CREATE INDEX "Alert_clusterId_endedAtMs_idx" ON "Alert"("clusterId", "endedAtMs");

-- CreateIndex
CREATE INDEX "Alert_endedAtMs_idx" ON "Alert"("endedAtMs");

-- CreateIndex
CREATE UNIQUE INDEX "Alert_clusterId_ruleCode_subjectType_subjectName_subjectPart_episode_key" ON "Alert"("clusterId", "ruleCode", "subjectType", "subjectName", "subjectPart", "episode");

-- CreateIndex
CREATE INDEX "AlertTransition_alertId_idx" ON "AlertTransition"("alertId");

-- CreateIndex
CREATE INDEX "AlertSilence_untilAtMs_idx" ON "AlertSilence"("untilAtMs");
