-- AlterTable
ALTER TABLE "Replay" ADD COLUMN "approvedRate" JSONB;
