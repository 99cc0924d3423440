-- AlterTable
ALTER TABLE "ReplayPart" ADD COLUMN "handled" BLOB;

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Replay" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clusterId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "targetClusterId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "request" BLOB NOT NULL,
    "plan" BLOB,
    "planDigest" TEXT,
    "planHash" TEXT,
    "plannedAtMs" BIGINT,
    "recordsPerSecond" REAL,
    "bytesPerSecond" REAL,
    "selectedCount" BIGINT NOT NULL DEFAULT 0,
    "producedCount" BIGINT NOT NULL DEFAULT 0,
    "unconfirmedCount" BIGINT NOT NULL DEFAULT 0,
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
    "speed" REAL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "approvedAtMs" BIGINT,
    "approvedBy" TEXT,
    "approvedRate" JSONB,
    "startedAtMs" BIGINT,
    "endedAtMs" BIGINT,
    "error" JSONB
);
INSERT INTO "new_Replay" ("activeQueue", "approvedAtMs", "approvedBy", "baseline", "bytesPerSecond", "canarySentAtMs", "clusterId", "createdAtMs", "createdBy", "deliveredCount", "deliveredTo", "endedAtMs", "error", "failedCount", "hasOpenRun", "id", "isCanaryPassed", "isWatched", "lookFrom", "plan", "planDigest", "planHash", "plannedAtMs", "producedCount", "recordsPerSecond", "request", "returnedCount", "selectedCount", "skippedCount", "speed", "startedAtMs", "state", "targetClusterId", "topic", "waitsFor") SELECT "activeQueue", "approvedAtMs", "approvedBy", "baseline", "bytesPerSecond", "canarySentAtMs", "clusterId", "createdAtMs", "createdBy", "deliveredCount", "deliveredTo", "endedAtMs", "error", "failedCount", "hasOpenRun", "id", "isCanaryPassed", "isWatched", "lookFrom", "plan", "planDigest", "planHash", "plannedAtMs", "producedCount", "recordsPerSecond", "request", "returnedCount", "selectedCount", "skippedCount", "speed", "startedAtMs", "state", "targetClusterId", "topic", "waitsFor" FROM "Replay";
DROP TABLE "Replay";
ALTER TABLE "new_Replay" RENAME TO "Replay";
CREATE UNIQUE INDEX "Replay_activeQueue_key" ON "Replay"("activeQueue");
CREATE INDEX "Replay_state_idx" ON "Replay"("state");
CREATE INDEX "Replay_clusterId_topic_idx" ON "Replay"("clusterId", "topic");
CREATE INDEX "Replay_createdAtMs_id_idx" ON "Replay"("createdAtMs", "id");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
