-- CreateTable
CREATE TABLE "ConfiguredReceiver" (
    "id" TEXT NOT NULL,
    "sealedConfig" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "ConfiguredReceiver_pkey" PRIMARY KEY ("id")
);
