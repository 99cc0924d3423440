-- CreateTable
CREATE TABLE "DlqExport" (
    "queueId" INTEGER NOT NULL,
    "broker" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "runs" BLOB NOT NULL,

    PRIMARY KEY ("queueId", "broker", "partition")
);
