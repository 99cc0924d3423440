-- CreateTable
CREATE TABLE "OwnAlertRule" (
    "code" TEXT NOT NULL PRIMARY KEY,
    "definition" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "changedAtMs" BIGINT,
    "changedBy" TEXT
);
