-- CreateTable
CREATE TABLE "HistoryEvent" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "clusterId" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "topic" TEXT,
    "partition" INTEGER,
    "broker" TEXT,
    "group" TEXT,
    "facts" JSONB NOT NULL
);

-- CreateIndex
CREATE INDEX "HistoryEvent_atMs_idx" ON "HistoryEvent"("atMs");

-- CreateIndex
CREATE UNIQUE INDEX "HistoryEvent_clusterId_atMs_ordinal_key" ON "HistoryEvent"("clusterId", "atMs", "ordinal");
