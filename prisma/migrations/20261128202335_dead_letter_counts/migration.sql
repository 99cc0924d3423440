-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_DlqQueue" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "clusterId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "incarnation" INTEGER NOT NULL,
    "topicId" TEXT NOT NULL,
    "firstSeenAtMs" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "countedRevision" INTEGER NOT NULL DEFAULT -1,
    "countedAtMs" BIGINT,
    "openCount" BIGINT,
    "scannedEnds" BIGINT,
    "isComplete" BOOLEAN NOT NULL DEFAULT false,
    "oldestOpenAtMs" BIGINT,
    "format" TEXT,
    "originTopics" JSONB NOT NULL,
    "groups" JSONB NOT NULL
);
INSERT INTO "new_DlqQueue" ("clusterId", "countedAtMs", "firstSeenAtMs", "format", "groups", "id", "incarnation", "isComplete", "oldestOpenAtMs", "openCount", "originTopics", "revision", "scannedEnds", "topic", "topicId") SELECT "clusterId", "countedAtMs", "firstSeenAtMs", "format", "groups", "id", "incarnation", "isComplete", "oldestOpenAtMs", "openCount", "originTopics", "revision", "scannedEnds", "topic", "topicId" FROM "DlqQueue";
DROP TABLE "DlqQueue";
ALTER TABLE "new_DlqQueue" RENAME TO "DlqQueue";
CREATE UNIQUE INDEX "DlqQueue_clusterId_topic_incarnation_key" ON "DlqQueue"("clusterId", "topic", "incarnation");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
