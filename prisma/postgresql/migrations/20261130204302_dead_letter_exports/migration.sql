-- CreateTable
CREATE TABLE "DlqExport" (
    "queueId" INTEGER NOT NULL,
    "broker" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "runs" BYTEA NOT NULL,

    CONSTRAINT "DlqExport_pkey" PRIMARY KEY ("queueId","broker","partition")
);
