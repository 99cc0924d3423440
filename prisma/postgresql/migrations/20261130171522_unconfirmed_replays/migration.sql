-- AlterTable
ALTER TABLE "Replay" ADD COLUMN     "unconfirmedCount" BIGINT NOT NULL DEFAULT 0;
