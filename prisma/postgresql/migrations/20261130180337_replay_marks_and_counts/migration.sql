-- AlterTable
ALTER TABLE "Replay" ADD COLUMN     "approvedRate" JSONB,
ADD COLUMN     "unconfirmedCount" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "ReplayPart" ADD COLUMN     "handled" BYTEA;
