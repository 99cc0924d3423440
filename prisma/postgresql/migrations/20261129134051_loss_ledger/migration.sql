-- AlterTable
ALTER TABLE "DlqPartition" ADD COLUMN     "purgedTo" BIGINT;

-- CreateTable
CREATE TABLE "Loss" (
    "id" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "topic" TEXT,
    "partition" INTEGER,
    "broker" TEXT,
    "group" TEXT,
    "fromOffset" BIGINT,
    "toOffset" BIGINT,
    "count" BIGINT,
    "countBound" TEXT NOT NULL,
    "windowFromMs" BIGINT,
    "windowToMs" BIGINT NOT NULL,
    "isAbandoned" BOOLEAN NOT NULL,
    "evidence" JSONB NOT NULL,
    "firstDetectedAtMs" BIGINT NOT NULL,
    "lastDetectedAtMs" BIGINT NOT NULL,
    "acknowledgedAtMs" BIGINT,
    "acknowledgedBy" TEXT,
    "note" TEXT,

    CONSTRAINT "Loss_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Loss_clusterId_acknowledgedAtMs_idx" ON "Loss"("clusterId", "acknowledgedAtMs");

-- CreateIndex
CREATE INDEX "Loss_lastDetectedAtMs_idx" ON "Loss"("lastDetectedAtMs");

-- CreateIndex
CREATE INDEX "DlqPartition_purgedTo_idx" ON "DlqPartition"("purgedTo");
