-- CreateTable
CREATE TABLE "FindingMute" (
    "id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "untilAtMs" BIGINT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,

    CONSTRAINT "FindingMute_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "FindingMute_untilAtMs_idx" ON "FindingMute"("untilAtMs");
