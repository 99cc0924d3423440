-- What the first engine wrote cannot be read any more, and no version of the console with it was published.
DELETE FROM "HistoryShard";

-- CreateTable
CREATE TABLE "HistoryChunk" (
    "shardId" INTEGER NOT NULL,
    "stepSeconds" INTEGER NOT NULL,
    "fromMs" BIGINT NOT NULL,
    "firstEntity" INTEGER NOT NULL,
    "untilMs" BIGINT NOT NULL,
    "content" BLOB NOT NULL,

    PRIMARY KEY ("shardId", "stepSeconds", "fromMs", "firstEntity")
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_HistoryFrame" (
    "shardId" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "content" BLOB NOT NULL,

    PRIMARY KEY ("shardId", "seq")
);
DROP TABLE "HistoryFrame";
ALTER TABLE "new_HistoryFrame" RENAME TO "HistoryFrame";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
