-- CreateTable
CREATE TABLE "Delivery" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "receiverId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "payload" BLOB NOT NULL,
    "state" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "nextAttemptAtMs" BIGINT,
    "triedSinceMs" BIGINT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastAttemptAtMs" BIGINT,
    "lastCode" TEXT,
    "lastFacts" JSONB,
    "lastLatencyMs" INTEGER
);

-- CreateTable
CREATE TABLE "DeliveryAttempt" (
    "deliveryId" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "atMs" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "latencyMs" INTEGER NOT NULL,

    PRIMARY KEY ("deliveryId", "attempt")
);

-- CreateIndex
CREATE INDEX "Delivery_nextAttemptAtMs_idx" ON "Delivery"("nextAttemptAtMs");

-- CreateIndex
CREATE INDEX "Delivery_createdAtMs_idx" ON "Delivery"("createdAtMs");

-- CreateIndex
CREATE UNIQUE INDEX "Delivery_receiverId_source_sequence_key" ON "Delivery"("receiverId", "source", "sequence");
