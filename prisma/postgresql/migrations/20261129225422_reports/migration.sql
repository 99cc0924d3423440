-- CreateTable
CREATE TABLE "Report" (
    "id" TEXT NOT NULL,
    "period" TEXT,
    "schedule" TEXT,
    "fromMs" BIGINT NOT NULL,
    "toMs" BIGINT NOT NULL,
    "madeAtMs" BIGINT NOT NULL,
    "madeBy" TEXT NOT NULL,
    "format" INTEGER NOT NULL,
    "headline" BYTEA NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "Report_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Report_period_key" ON "Report"("period");

-- CreateIndex
CREATE INDEX "Report_madeAtMs_idx" ON "Report"("madeAtMs");
