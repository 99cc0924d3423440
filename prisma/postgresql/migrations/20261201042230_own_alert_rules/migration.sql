-- CreateTable
CREATE TABLE "OwnAlertRule" (
    "code" TEXT NOT NULL,
    "definition" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "changedAtMs" BIGINT,
    "changedBy" TEXT,

    CONSTRAINT "OwnAlertRule_pkey" PRIMARY KEY ("code")
);
