-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN "failoverAtMs" BIGINT;

-- CreateTable
CREATE TABLE "AlertGroup" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "receiverId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "dueAtMs" BIGINT,
    "toldAtMs" BIGINT,
    "sequence" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "AlertTelling" (
    "alertId" TEXT NOT NULL,
    "receiverId" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "fromAtMs" BIGINT NOT NULL,
    "toldAtMs" BIGINT,
    "toldSeverity" TEXT,
    "toldFlapping" BOOLEAN NOT NULL,
    "endToldAtMs" BIGINT,

    PRIMARY KEY ("alertId", "receiverId")
);

-- CreateTable
CREATE TABLE "DeliveryAlert" (
    "deliveryId" TEXT NOT NULL,
    "alertId" TEXT NOT NULL,

    PRIMARY KEY ("deliveryId", "alertId")
);

-- CreateIndex
CREATE INDEX "AlertGroup_dueAtMs_idx" ON "AlertGroup"("dueAtMs");

-- CreateIndex
CREATE UNIQUE INDEX "AlertGroup_receiverId_key_key" ON "AlertGroup"("receiverId", "key");

-- CreateIndex
CREATE INDEX "AlertTelling_groupId_endToldAtMs_idx" ON "AlertTelling"("groupId", "endToldAtMs");

-- CreateIndex
CREATE INDEX "DeliveryAlert_alertId_idx" ON "DeliveryAlert"("alertId");

-- CreateIndex
CREATE INDEX "Delivery_failoverAtMs_idx" ON "Delivery"("failoverAtMs");
