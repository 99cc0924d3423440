-- What the first engine wrote cannot be read any more, and no version of the console with it was published.
DELETE FROM "HistoryFrame";
DELETE FROM "HistoryShard";

-- AlterTable
ALTER TABLE "HistoryFrame" DROP CONSTRAINT "HistoryFrame_pkey",
DROP COLUMN "isKey",
DROP COLUMN "untilMs",
ADD COLUMN     "seq" BIGINT NOT NULL,
ADD CONSTRAINT "HistoryFrame_pkey" PRIMARY KEY ("shardId", "seq");

-- CreateTable
CREATE TABLE "HistoryChunk" (
    "shardId" INTEGER NOT NULL,
    "stepSeconds" INTEGER NOT NULL,
    "fromMs" BIGINT NOT NULL,
    "firstEntity" INTEGER NOT NULL,
    "untilMs" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "HistoryChunk_pkey" PRIMARY KEY ("shardId","stepSeconds","fromMs","firstEntity")
);
