-- CreateTable
CREATE TABLE "ConfiguredReceiver" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sealedConfig" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL
);
